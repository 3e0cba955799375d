"""YOLO and Darknet: measured in the authors' code, Darknet's built from its own cfg files (tests/facts/README.md)."""

from tests.zoo.measured.case import Case, Row


def without_functions(rows: list[Row]) -> list[Row]:
    """YOLOv9 pools by functions where a stage begins, which no hook sees; its other pools keep height and width."""
    pools = ("avgpool", "maxpool")
    return [row for row in rows if row.family not in pools or row.input == row.output]


SHORTCUT_FIRST = "the reference computes both 1x1 convolutions of a cross-stage block before the bottlenecks"
OFFSETS_FIRST = "the reference computes the box offsets of all heads before the scores of all heads"

CASES = [
    Case("darknet__darknet53", "darknet:53", {}),
    Case("darknet__darknet19", "darknet:19", {}),
    Case("darknet__darknet", "darknet:reference", {}),
    Case("darknet__yolov2", "yolov2:full", {}),
    Case("darknet__yolov2-tiny", "yolov2:tiny", {}),
    Case("darknet__yolov3", "yolov3:full", {}),
    Case("darknet__yolov3-tiny", "yolov3_tiny", {}),
    Case("darknet__yolov4", "yolov4", {}),
    Case("darknet__yolov4-tiny", "yolov4_tiny", {}),
    Case("ultralytics__yolov5n", "yolov5:n", {}),
    Case("ultralytics__yolov5s", "yolov5:s", {}),
    Case("ultralytics__yolov9t", "yolov9:t", {}, adapt=without_functions, reordered=OFFSETS_FIRST),
    Case("ultralytics__yolov9c", "yolov9:c", {}, adapt=without_functions, reordered=OFFSETS_FIRST),
    Case("megvii__yolox_nano", "yolox:nano", {}, reordered=SHORTCUT_FIRST),
    Case("megvii__yolox_tiny", "yolox:tiny", {}, reordered=SHORTCUT_FIRST),
]
LARGER = [
    Case("darknet__tiny", "darknet:tiny", {}),
    Case("darknet__yolov3-spp", "yolov3:spp", {}),
    Case("ultralytics__yolov5m", "yolov5:m", {}),
    Case("ultralytics__yolov5l", "yolov5:l", {}),
    Case("ultralytics__yolov5x", "yolov5:x", {}),
    Case("ultralytics__yolov5nu", "yolov5:nu", {}),
    Case("ultralytics__yolov5su", "yolov5:su", {}),
    Case("ultralytics__yolov5mu", "yolov5:mu", {}),
    Case("ultralytics__yolov5lu", "yolov5:lu", {}),
    Case("ultralytics__yolov5xu", "yolov5:xu", {}),
    Case("ultralytics__yolov8m", "yolov8:m", {}),
    Case("ultralytics__yolov8l", "yolov8:l", {}),
    Case("ultralytics__yolov8x", "yolov8:x", {}),
    Case("ultralytics__yolov9s", "yolov9:s", {}),
    Case("ultralytics__yolov9m", "yolov9:m", {}),
    Case("megvii__yolox_s", "yolox:s", {}),
    Case("megvii__yolox_m", "yolox:m", {}),
    Case("megvii__yolox_l", "yolox:l", {}),
    Case("megvii__yolox_x", "yolox:x", {}),
]
