"""Definitions that our parts would build, but not exactly: the comparison with upstream has shown it (tests/parity).

Each is "file/model" in upstream's catalogue of the pinned version; the engine runs them.
"""

UNEQUAL = frozenset(
    (
        "aurora_lighting/AU-A1ZB2WDM-Slave",
        "awox/110285",
        "candeo/C201",
        "dresden_elektronik/FLS-PP",
        "eglo/300686",
        "eglo/901471",
        "enbrighten/43080",
        "enbrighten/43082",
        "halemeier/HA-ZM12/24-4K",
        "halemeier/HA-ZM12mw2-4K",
        "hzc_electric/D086-ZG",
        "ikea/E2499",
        "ikea/KAJPLATS_WS",
        "ikea/LED1923R5",
        "ikea/LED2110R3",
        "ikea/LED2402C3",
        "pulsar/LPC-V1",
        "robb/ROB_200-026-1",
        "schneider_electric/MEG5116-0300_MEG5151-0000",
        "shenzhen_homa/HOMA1001_RGBW",
        "sunricher/SR-ZG9001K8-DIM",
        "the_light_group/S57007",
        "vesternet/VES-ZB-DIM-004",
    )
)
