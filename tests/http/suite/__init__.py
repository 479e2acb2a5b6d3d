"""The machinery of the HTTP suite: a strict reader of answers, the case language, the runner."""
