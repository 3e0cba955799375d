"""Networks whose blocks have several inputs and outputs, measured in timm."""

from tests.zoo.measured.case import Case

CASES = [Case("timm__hrnet_w18_small", "hrnet:w18_small", {})]
LARGER = [
    Case("timm__hrnet_w18_small_v2", "hrnet:w18_small_v2", {}),
    Case("timm__hrnet_w18", "hrnet:w18", {}),
    Case("timm__hrnet_w30", "hrnet:w30", {}),
    Case("timm__hrnet_w32", "hrnet:w32", {}),
    Case("timm__hrnet_w40", "hrnet:w40", {}),
    Case("timm__hrnet_w44", "hrnet:w44", {}),
    Case("timm__hrnet_w48", "hrnet:w48", {}),
    Case("timm__hrnet_w64", "hrnet:w64", {}),
    Case("timm__nasnetalarge", "nasnet:large", {}),
]
