"""Training without code in a real browser: a network from its card, two rates, the runs compared, the best chosen, settings restored, the bin."""
import pytest

pytestmark = pytest.mark.browser
LONG = 240_000  # milliseconds; the machine of a test may be busy


def rested(page, kind):
    page.wait_for_function("kind => document.querySelector(`[data-view=${kind}]`).getAttribute('aria-busy') === 'false'", arg=kind, timeout=LONG)


def set_slider(page, view, name, wanted):
    """Moves a slider by its keys until it shows ``wanted``."""
    slider, shown = view.locator(f"[data-setting={name}] input"), view.locator(f"[data-setting={name}] output")
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(20):
        if shown.inner_text() == wanted:
            return
        page.keyboard.press("ArrowRight")
    pytest.fail(f"{name} never showed {wanted}")


@pytest.mark.timeout(600)
def test_two_trainings_without_code_are_compared(class_server, watch):
    watched = watch()
    page = watched.open(f"{class_server.url}en/04_first_classifier")
    train, runs = page.locator("[data-view=train]"), page.locator("[data-view=runs]")
    assert "Nothing has been trained yet" in runs.inner_text()
    train.get_by_text("Look at every network").click()
    cards = train.locator(".ek-cards [data-value]")
    assert cards.count() >= 18 and cards.first.locator("svg rect").count() >= 3
    train.locator("[data-value=LeNet]").click()
    page.wait_for_function("document.querySelector('[data-view=train] select').value === 'LeNet'")
    assert train.locator("[data-value=LeNet]").get_attribute("aria-pressed") == "true" and cards.first.is_visible(), "the cards stay unfolded"

    set_slider(page, train, "epochs", "5")
    train.get_by_text("5 epochs × 16 batches = 80 corrections").wait_for()
    for number, rate in enumerate(("0.002", "0.1"), 1):
        set_slider(page, train, "lr", rate)
        page.wait_for_function("rate => document.querySelector('[data-view=train] pre').textContent.includes(`lr=${rate}`)", arg=rate)
        train.locator(".ek-actions .ek-primary").click()
        page.wait_for_selector("[data-view=train][aria-busy=true]")
        rested(page, "train")
        assert train.locator(".ek-error").count() == 0, train.locator(".ek-error").inner_text()
        page.wait_for_function("count => document.querySelectorAll('[data-view=runs] tbody tr').length === count", arg=number)
    assert runs.locator("svg.ek-desk polyline").count() == 2, "one chart with a line for each"
    assert "0.002" in runs.locator("tbody").inner_text() and "0.1" in runs.locator("tbody").inner_text()

    runs.locator(".ek-actions .ek-primary").click()
    page.wait_for_function("document.querySelector('[data-view=runs] .ek-primary').disabled")
    page.wait_for_function("""() => { const view = document.querySelector('[data-view=runs]');
        return view.querySelector('.ek-answer').textContent.includes(view.querySelector('tbody [aria-pressed=true]').textContent); }""")
    runs.locator("[data-do=run][data-value=train-1]").click()
    page.wait_for_selector("[data-view=runs] [data-value=train-1][aria-pressed=true]")
    runs.locator("[data-action=settings]").click()
    page.wait_for_function("document.querySelector('[data-view=train] [data-setting=lr] output').textContent === '0.002'")
    runs.locator("summary").click()
    field = runs.locator("[data-setting=title] input")
    field.fill("small steps")
    field.press("Enter")
    runs.get_by_role("button", name="small steps").wait_for()

    runs.locator("[data-action=bin]").click()
    page.wait_for_function("document.querySelectorAll('[data-view=runs] tbody tr').length === 1")
    page = watched.open(page.url)
    page.locator("[data-view=runs] [data-action=back]").click()
    page.locator("[data-view=runs]").get_by_role("button", name="small steps").wait_for()
    assert not watched.problems and not watched.outside(class_server.url)


@pytest.mark.timeout(600)
def test_a_batch_is_tried_and_a_rate_found_and_set_by_a_click(class_server, watch):
    watched = watch(lang="zh-CN")
    page = watched.open(f"{class_server.url}zh/04_first_classifier")
    train = page.locator("[data-view=train]")
    train.locator("select").first.select_option("LeNet")
    page.wait_for_function("document.querySelector('[data-view=train] pre').textContent.includes('LeNet')")
    for action in ("learn-batch", "find-rate"):
        train.locator(f"[data-action={action}]").click()
        page.wait_for_selector("[data-view=train][aria-busy=true]")
        rested(page, "train")
        assert train.locator(".ek-error").all_inner_texts() == [] and train.locator(".ek-look svg.ek-desk polyline").count() == 1
    take = train.locator("[data-do=rate]")
    wanted = take.get_attribute("data-value")
    take.click()
    page.wait_for_function("wanted => document.querySelector('[data-view=train] [data-setting=lr] output').textContent === wanted", arg=wanted)
    assert not watched.problems
