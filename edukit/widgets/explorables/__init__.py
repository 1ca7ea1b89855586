"""The explorables of the lessons, one module each; ``lesson.view("<kind>")`` finds them by the module's name."""
