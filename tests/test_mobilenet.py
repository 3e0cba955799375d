"""MobileNet V1, against Howard et al. 2017 and the figures measured with PyTorch."""

import dsconv_cost


def test_totals_of_the_three_forms() -> None:
    costs = dsconv_cost.analyze(dsconv_cost.load("mobilenet"))
    assert costs.total == (4_231_976, 568_740_352, 2 * 568_740_352)
    assert costs.standard.total == (29_294_088, 4_867_293_184, 2 * 4_867_293_184)
    assert costs.separable.total == costs.total
