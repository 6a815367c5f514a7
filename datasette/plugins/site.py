"""Makes the package `evidence_site` beside this file importable and hooks it into Datasette.

Datasette loads each plugin file by its path and gives it no package, so the package is loaded by path as well.
"""

import importlib.util
import sys
from pathlib import Path

from datasette import hookimpl

_NAME = "evidence_site"


def load_package(folder=Path(__file__).resolve().parent / _NAME):
    """The package, loaded once per process however many Datasette instances are made."""
    if _NAME not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            _NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        package = importlib.util.module_from_spec(spec)
        sys.modules[_NAME] = package
        spec.loader.exec_module(package)
    return sys.modules[_NAME]


load_package()

from evidence_site import dispatch, guard


@hookimpl
def register_routes():
    return dispatch.datasette_routes()


@hookimpl
def startup(datasette):
    return lambda: dispatch.prepare(datasette)


@hookimpl
def asgi_wrapper(datasette):
    return guard.wrapper(datasette)


@hookimpl
def prepare_connection(conn):
    guard.limit(conn)
