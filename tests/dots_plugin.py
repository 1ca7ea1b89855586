"""What EDUKIT_PLUGINS names in a child: there the additions last as long as the process."""
from tests.dots import add

_added = add()
_added.__enter__()
