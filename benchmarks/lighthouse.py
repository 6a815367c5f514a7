"""Lighthouse's four figures for the main pages of a running site, in its mobile profile.

    evidence up --offline --port 8001 &
    python benchmarks/lighthouse.py http://127.0.0.1:8001

Needs npx (Node 18 or later) and chromium; npx fetches Lighthouse for the run, nothing of it is part of this project.
Exit status 1 if a page has a figure below 95.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LIGHTHOUSE = "lighthouse@12.8.2"
PAGES = ("/", "/question/drinking", "/studies", "/study/35012326", "/methods", "/patients", "/patients/35012326")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
TRIES = 4
# As root, chromium's own sandbox can't start.
CHROME = "--headless=new --no-sandbox --disable-gpu"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", help="address of the running site")
    parser.add_argument("--runs", type=int, default=1, help="audits of each page; the median one counts")
    parser.add_argument("pages", nargs="*", default=PAGES, metavar="PATH")
    options = parser.parse_args()
    for program in ("npx", "chromium"):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is not installed")
    lowest = 100
    print(f"{'page':<28}" + "".join(f"{name:>16}" for name in CATEGORIES))
    for page in options.pages:
        reports = [audit(options.site.rstrip("/") + page) for _ in range(options.runs)]
        report = sorted(reports, key=lambda r: r["categories"]["performance"]["score"])[options.runs // 2]
        figures = [round(report["categories"][name]["score"] * 100) for name in CATEGORIES]
        print(f"{page:<28}" + "".join(f"{figure:>16}" for figure in figures), flush=True)
        lowest = min(lowest, *figures)
        for line in failures(report):
            print(f"    {line}")
    sys.exit(lowest < LEAST)


def audit(address: str) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ["npx", "--yes", LIGHTHOUSE, address, "--quiet", "--output=json", f"--output-path={report}"]
        command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={CHROME}"]
        environment = {**os.environ, "CHROME_PATH": str(shutil.which("chromium"))}
        # Chromium sometimes gives Lighthouse no trace (NO_NAVSTART), which its own message advises to answer by another run.
        for left in reversed(range(TRIES)):
            done = subprocess.run(command, env=environment, check=not left, stdout=subprocess.DEVNULL)
            if done.returncode == 0:
                break
        return json.loads(report.read_text())


def failures(report: dict) -> list[str]:
    """The audits that count and are not passed, with their figures."""
    counted = {
        reference["id"]
        for name in CATEGORIES
        for reference in report["categories"][name]["auditRefs"]
        if reference["weight"]
    }
    return [
        f"{audit['title']} ({audit['score']:.2f}) {audit.get('displayValue', '')}".rstrip()
        for name, audit in report["audits"].items()
        if name in counted and audit["score"] is not None and audit["score"] < 0.9
    ]


if __name__ == "__main__":
    main()
