"""Limits as they are written: exact, with units of their metric, and never guessed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost.language.limits import LARGEST_AMOUNT, METRICS, TOLERANCE, QuantityProblem, amount

RIGHT: dict[str, tuple[str, str, int, int]] = {
    "plain": ("macs", "4231976", 4_231_976, 1),
    "mega": ("macs", "600M", 600_000_000, 1),
    "decimals and a space": ("params", "4.3 M", 4_300_000, 1),
    "an exponent": ("macs", "569e6", 569_000_000, 1),
    "a capital exponent": ("macs", "5.69E8", 569_000_000, 1),
    "an exponent with a sign": ("macs", "1e+3", 1000, 1),
    "a negative exponent that leaves a whole number": ("macs", "56900e-2", 569, 1),
    "exponent and unit": ("macs", "1.5e3K", 1_500_000, 1),
    "giga": ("flops", "1.2G", 1_200_000_000, 1),
    "billion, as papers print it": ("macs", "0.7B", 700_000_000, 1),
    "tera": ("flops", "1T", 10**12, 1),
    "small k": ("params", "5k", 5000, 1),
    "large K": ("params", "5K", 5000, 1),
    "binary prefix of a count": ("activations", "512 Ki", 512 * 1024, 1),
    "Mi": ("activations", "2Mi", 2 * 1024 * 1024, 1),
    "zero": ("params", "0", 0, 1),
    "zeros with a large exponent": ("params", "0e999", 0, 1),
    "many decimals": ("macs", "1.000001M", 1_000_001, 1),
    "spaces around": ("macs", " 600M ", 600_000_000, 1),
    "the largest": ("macs", "1e18", 10**18, 1),
    "kibibytes": ("size", "512 KiB", 512 * 1024, 1),
    "megabytes": ("size", "16 MB", 16_000_000, 1),
    "mebibytes": ("size", "16MiB", 16 * 1024 * 1024, 1),
    "half a mebibyte": ("size", "0.5 MiB", 524_288, 1),
    "kilobytes": ("size", "4kB", 4000, 1),
    "bytes": ("size", "4096 B", 4096, 1),
    "per cent": ("saving", "80%", 80, 100),
    "per cent with a space": ("saving", "80 %", 80, 100),
    "a tenth of a per cent": ("largest_share", "12.5%", 125, 1000),
    "all": ("saving", "100%", 100, 100),
    "nothing": ("saving", "0%", 0, 100),
}


@pytest.mark.parametrize(("metric", "text", "top", "bottom"), RIGHT.values(), ids=RIGHT)
def test_is_exact(metric: str, text: str, top: int, bottom: int) -> None:
    found = amount(text, METRICS[metric])
    assert found.top * bottom == top * found.bottom
    assert found.text == text.strip()


WRONG: dict[str, tuple[str, str, str]] = {
    "nothing": ("macs", "", "received nothing, expected a count"),
    "a word": ("macs", "few", "received 'few', expected a count, e.g. 600M, 4.3M, 569e6"),
    "infinity": ("macs", "inf", "which limits nothing"),
    "infinity of YAML": ("macs", ".inf", "which limits nothing"),
    "no number": ("macs", "nan", "which limits nothing"),
    "below 0": ("macs", "-1M", "which is below 0"),
    "a plus": ("macs", "+1M", "expected a count"),
    "hexadecimal": ("macs", "0x10", "expected a count"),
    "octal": ("macs", "0o10", "expected a count"),
    "octal of YAML 1.1": ("macs", "017", "a leading 0 could mean octal; remove it"),
    "leading zeros": ("size", "007 MB", "a leading 0 could mean octal"),
    "no digit before the point": ("macs", ".5M", "expected a count"),
    "no digit behind the point": ("macs", "5.M", "expected a count"),
    "two points": ("macs", "1.2.3M", "expected a count"),
    "a decimal comma": ("params", "4,3M", "digits have no separators and decimals follow a point"),
    "separators": ("macs", "568,740,352", "digits have no separators"),
    "underscores": ("macs", "600_000_000", "digits have no separators"),
    "spaces between digits": ("macs", "600 000 000", "digits have no separators"),
    "two units": ("macs", "600MM", "unknown unit 'MM'"),
    "a unit before": ("macs", "M600", "expected a count"),
    "bytes of MACs": ("macs", "600MB", "but macs is a count"),
    "bytes of params": ("params", "16 MiB", "but params is a count"),
    "per cent of MACs": ("macs", "80%", "but macs is a count"),
    "millions of bytes without a byte": ("size", "16M", "but size is in bytes"),
    "a size without a unit": ("size", "4096", "without a unit: size is in bytes, e.g. 16 MB"),
    "per cent of a size": ("size", "80%", "but size is in bytes"),
    "bits": ("size", "16 Mb", "b is a bit; write MB for bytes"),
    "milli": ("macs", "600m", "did you mean M?"),
    "small g": ("macs", "1g", "did you mean G?"),
    "small mebi": ("size", "16 mib", "did you mean MiB?"),
    "small megabyte": ("size", "16mb", "did you mean MB?"),
    "an unknown unit": ("macs", "600X", "unknown unit 'X'"),
    "millions in words": ("macs", "600 Mio", "unknown unit 'Mio'"),
    "a share without per cent": ("saving", "80", "without a unit: saving is a percentage, e.g. 80%"),
    "a share as a fraction": ("saving", "0.8", "without a unit"),
    "a count of saving": ("saving", "80M", "but saving is a percentage"),
    "more than all": ("saving", "100.1%", "expected at most 100%"),
    "a share with a huge exponent": ("saving", "1e99%", "the maximum is 10**18"),
    "half a parameter": ("params", "0.5", "not a whole number of params"),
    "a fraction of a thousand": ("params", "1.2345K", "not a whole number of params"),
    "a third of a byte": ("size", "0.3 B", "not a whole number of bytes"),
    "a small exponent": ("macs", "1e-3", "not a whole number of MACs"),
    "too large": ("macs", "1000000000001M", "the maximum is 10**18"),
    "a huge exponent": ("macs", "1e999", "the maximum is 10**18"),
    "an exponent of many digits": ("macs", "1e9999", "expected a count"),
    "too long": ("macs", "1" * 61, "expected a count"),
    "other digits": ("macs", "٦٠٠", "expected a count"),
    "a control character": ("macs", "600\x1b[31mM", r"600\x1b[31mM"),
    "a line break": ("macs", "600\nM", "expected a count"),
}


@pytest.mark.parametrize(("metric", "text", "fragment"), WRONG.values(), ids=WRONG)
def test_is_refused(metric: str, text: str, fragment: str) -> None:
    with pytest.raises(QuantityProblem) as refused:
        amount(text, METRICS[metric])
    assert fragment in str(refused.value)
    assert str(refused.value).isprintable()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.sampled_from([("", 1), ("K", 1000), ("M", 10**6), ("Gi", 2**30)]), st.booleans())
def test_any_whole_number_is_read_exactly(whole: int, unit: tuple[str, int], space: bool) -> None:
    found = amount(f"{whole}{' ' if space else ''}{unit[0]}", METRICS["macs"])
    assert (found.top, found.bottom) == (whole * unit[1], 1)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=12), st.sampled_from(sorted(METRICS)))
def test_no_text_becomes_a_limit_without_bounds(text: str, metric: str) -> None:
    try:
        found = amount(text, METRICS[metric])
    except QuantityProblem:
        return
    assert 0 <= found.top <= LARGEST_AMOUNT * found.bottom


TOLERANCES: dict[str, str] = {
    "1": "received '1' without a unit: it is a percentage, e.g. 1%",
    "1 MB": "received '1 MB', but it is a percentage: expected a percentage, e.g. 1%",
    "-1%": "received '-1%', which is below 0, expected a percentage, e.g. 1%",
    "": "received nothing, expected a percentage, e.g. 1%",
    "101%": "received '101%', expected at most 100%",
}


def test_a_tolerance_is_a_share() -> None:
    found = amount("1%", TOLERANCE)
    assert found.top * 100 == found.bottom


@pytest.mark.parametrize(("text", "message"), TOLERANCES.items(), ids=ascii)
def test_what_is_no_tolerance(text: str, message: str) -> None:
    with pytest.raises(QuantityProblem) as refused:
        amount(text, TOLERANCE)
    assert str(refused.value) == message
