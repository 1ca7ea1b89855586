"""The command line: the same verbs and argument names as in Python."""
