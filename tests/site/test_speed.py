"""Explorables follow the hand, and their pages are light. Run alone: other tests would slow them."""

import pytest
from test_explorables import PLACES, find

LARGEST = 80_000  # bytes of scripts and kernels on one page
# Half of the updates take less than this, in milliseconds: that is a frame.
FRAME = 16
MEASURE = """section => {
    const slider = section.querySelector("input[type=range]"), times = [];
    for (let k = 0; k < 200; k++) {
        slider.value = Number(slider.min) + (slider.max - slider.min) * k / 199;
        const start = performance.now();
        slider.dispatchEvent(new Event("input"));
        section.getBoundingClientRect();
        times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[100];
}"""


@pytest.mark.parametrize("name", PLACES)
def test_fast_and_small(page, http, site, name):
    sizes = []
    section = find(page, http, name)
    for script in page.locator("script[src*='explorable'], script[src*='kernels']").all():
        sizes.append(
            (site / "_static" / script.get_attribute("src").split("_static/")[1].split("?")[0]).stat().st_size
        )
    assert len(sizes) >= 3 and sum(sizes) < LARGEST
    assert section.evaluate(MEASURE) < FRAME
