"""From an article to its tags: taxonomy, rules, models, training and evaluation."""
