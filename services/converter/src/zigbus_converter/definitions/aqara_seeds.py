"""The wall switch QBKG04LM and the rotary knob ZNXNKG02LM, in the order of their reference pages (seeds 1 and 2)."""

from zigbus_converter.definition import Definition, Page
from zigbus_converter.parts import lumi

OTA_CLUSTER = 0x0019

QBKG04LM = Definition(
    model="QBKG04LM",
    vendor="Xiaomi",
    description="Aqara single key wired wall switch without neutral wire. Doesn't work as a router and doesn't support power meter",
    models=("lumi.ctrl_neutral1",),
    parts=(lumi.single_rocker(), lumi.relay_mode(), lumi.reset_guard()),
    endpoints={"system": 1, "default": 2},
    options=(lumi.LEGACY,),
    ota=True,
    logical_type="end_device",  # advertises router, relays for nobody
    extra_output_clusters={1: (OTA_CLUSTER,)},
    check_in_interval_s=0,  # says that it runs on a battery, but is wired and always listens
    exposes_order=("state", "action", "operation_mode"),
    page=Page(profile="A", added_at="2019-07-22T20:08:17Z", image="QBKG04LM.jpg"),
)

ZNXNKG02LM = Definition(
    model="ZNXNKG02LM",
    vendor="Aqara",
    description="Smart rotary knob H1 (wireless)",
    models=("lumi.remote.rkba01",),
    parts=(
        lumi.operation_mode(),
        lumi.struct_attribute(lumi.battery(), exposes=lumi.BATTERY_EXPOSES),
        lumi.presses(),
        lumi.rotation(),
        lumi.knob_sensitivity(),
        lumi.reset_guard(),
    ),
    check_in_interval_s=3600,
    page=Page(profile="B", added_at="2021-10-01T17:18:02Z", image="ZNXNKG02LM.png"),
)

DEFINITIONS = (QBKG04LM, ZNXNKG02LM)
