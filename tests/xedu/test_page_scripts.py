"""Every script of XEdu's pages runs after its import lines are changed, with plain and with Chinese paths, or says what is not kept."""
import pytest

from edukit.core.i18n import set_language
from tests.xedu.page_scripts import prepare, run_script, scripts


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "chinese"])
def demo(request, tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("学生 作品" if request.param else "work"), request.param), request.param


@pytest.mark.slow
@pytest.mark.parametrize(("code", "expected"), [one[1:] for one in scripts()], ids=[one[0] for one in scripts()])
def test_a_script_of_the_pages(demo, code, expected):
    set_language("zh")
    outcome, said = run_script(code, demo[0], chinese=demo[1])
    assert outcome == expected, said
    assert not outcome or any("\u4e00" <= letter <= "\u9fff" for letter in said), "refused in Chinese"
