"""Quantities and units of analog inputs and outputs, from the numbers that devices give them."""

from __future__ import annotations

from zigbus.contract.base import Json

# Second octet of an application type (ZCL rev 8, 3.14.11.19).
APPLICATION_UNITS = {
    0: "°C", 1: "%", 2: "Pa", 3: "L/s", 4: "%", 5: "ppm", 6: "rpm", 7: "A", 8: "Hz", 9: "W", 10: "kW", 11: "kWh", 13: "kJ/kg", 14: "s",
}  # fmt: skip

QUANTITIES = {
    0: "temperature", 1: "humidity", 2: "pressure", 3: "flow", 4: "percentage", 5: "ppm", 6: "rpm", 7: "current", 8: "frequency",
    9: "power", 10: "power", 11: "energy", 12: "count", 13: "enthalpy", 14: "duration",
}  # fmt: skip

# BACnet engineering units (ASHRAE 135, BACnetEngineeringUnits), by number from 0; empty: none that is written.
_BACNET = """
m² ft² mA A Ω V kV MV VA kVA MVA var kvar Mvar °phase pf
J kJ Wh kWh Btu therm ton·h J/kg Btu/lb cycles/h cycles/min Hz g/kg % mm m
in ft W/ft² W/m² lm lx fc kg lb tons kg/s kg/min kg/h lb/min lb/h W
kW MW Btu/h hp ton Pa kPa bar psi cm_H₂O in_H₂O mmHg cm_Hg in_Hg °C K
°F °C·d °F·d years months weeks days hours minutes seconds m/s km/h ft/s ft/min mph ft³
m³ imp_gal L gal ft³/min m³/s imp_gal/min L/s L/min gal/min ° °C/h °C/min °F/h °F/min -
ppm ppb % %/s 1/min 1/s psi/°F rad rpm currency currency currency currency currency currency currency
currency currency currency in² cm² Btu/lb cm lb/s Δ°F ΔK kΩ MΩ mV kJ/kg MJ J/K
J/(kg·K) kHz MHz 1/h mW hPa mbar m³/h L/h kWh/m² kWh/ft² MJ/m² MJ/ft² W/(m²·K) ft³/s %_obscuration/ft
%_obscuration/m mΩ MWh kBtu MBtu kJ/kg_dry MJ/kg_dry kJ/K MJ/K N g/s g/min tons/h kBtu/h 1/100_s ms
N·m mm/s mm/min m/min m/h m³/min m/s² A/m A/m² A·m² F H Ω·m - S/m T
V/K V/m Wb cd cd/m² K/h K/min J·s rad/s m²/N kg/m³ N·s N/m W/(m·K) µS/cm ft³/h
gal/h km µm g mg mL mL/s dB dBm dBV mS/cm var·h kvar·h Mvar·h mm_H₂O ‰
g/g kg/kg g/kg mg/g mg/kg g/mL g/L mg/L µg/L g/m³ mg/m³ µg/m³ ng/m³ g/cm³ Bq kBq
MBq Gy mGy µGy Sv mSv µSv µSv/h dBA NTU pH g/m² min/K Ω·m²/m A·s VA·h
kVA·h MVA·h var·h kvar·h Mvar·h V²·h A²·h J/h ft³/d m³/d Wh/m³ J/m³ mol% Pa·s MMSCFM
"""
BACNET_UNITS = {
    number: unit.replace("_", " ").replace("kg dry", "kg_dry")
    for number, unit in enumerate(_BACNET.split())
    if unit != "-"
}


def quantity_of(application_type: Json) -> str | None:
    """Return what is measured, None if the application type does not tell."""
    return QUANTITIES.get(_kind(application_type))


def unit_of(application_type: Json, engineering_units: Json) -> str | None:
    """Return the unit of a value: by its application type, else by its BACnet unit; None if neither tells."""
    bacnet = BACNET_UNITS.get(engineering_units) if isinstance(engineering_units, int) else None
    return APPLICATION_UNITS.get(_kind(application_type), bacnet)


def _kind(application_type: Json) -> int:
    return application_type >> 16 & 0xFF if isinstance(application_type, int) else -1
