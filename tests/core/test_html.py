"""Tables: safe as HTML."""
from edukit.core.html import facts_table


def test_a_name_is_no_markup():
    assert facts_table([("file", "<script>.onnx"), ("a & b", "猫")]) == (
        "<table class='ek-table'><tr><th>file</th><td>&lt;script&gt;.onnx</td></tr><tr><th>a &amp; b</th><td>猫</td></tr></table>"
    )
