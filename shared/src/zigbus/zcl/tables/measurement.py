"""Measurement and sensing clusters 0x0400-0x04ff. Form of the table: `zigbus.zcl.clusters`."""

TABLE = r"""
msIlluminanceMeasurement 0400
  0000 measuredValue uint16, 0001 minMeasuredValue uint16, 0002 maxMeasuredValue uint16, 0003 tolerance uint16,
  0004 lightSensorType enum8
msIlluminanceLevelSensing 0401
  0000 levelStatus enum8, 0001 lightSensorType enum8, 0010 illuminanceTargetLevel uint16
msTemperatureMeasurement 0402
  0000 measuredValue int16, 0001 minMeasuredValue int16, 0002 maxMeasuredValue int16, 0003 tolerance uint16
msPressureMeasurement 0403
  0000 measuredValue int16, 0001 minMeasuredValue int16, 0002 maxMeasuredValue int16, 0003 tolerance uint16,
  0010 scaledValue int16, 0011 minScaledValue int16, 0012 maxScaledValue int16, 0013 scaledTolerance uint16,
  0014 scale int8
msFlowMeasurement 0404
  0000 measuredValue uint16, 0001 minMeasuredValue uint16, 0002 maxMeasuredValue uint16, 0003 tolerance uint16
msRelativeHumidity 0405
  0000 measuredValue uint16, 0001 minMeasuredValue uint16, 0002 maxMeasuredValue uint16, 0003 tolerance uint16
msOccupancySensing 0406
  0000 occupancy map8, 0001 occupancySensorType enum8, 0002 occupancySensorTypeBitmap map8, 0010 pirOToUDelay uint16,
  0011 pirUToODelay uint16, 0012 pirUToOThreshold uint8, 0020 ultrasonicOToUDelay uint16,
  0021 ultrasonicUToODelay uint16, 0022 ultrasonicUToOThreshold uint8, 0030 contactOToUDelay uint16,
  0031 contactUToODelay uint16, 0032 contactUToOThreshold uint8
msLeafWetness 0407
  0000 measuredValue uint16, 0001 minMeasuredValue uint16, 0002 maxMeasuredValue uint16, 0003 tolerance uint16
msSoilMoisture 0408
  0000 measuredValue uint16, 0001 minMeasuredValue uint16, 0002 maxMeasuredValue uint16, 0003 tolerance uint16
pHMeasurement 0409
  0000 measuredValue uint16, 0001 minMeasuredValue uint16, 0002 maxMeasuredValue uint16, 0003 tolerance uint16
msElectricalConductivity 040a
  0000 measuredValue uint16, 0001 minMeasuredValue uint16, 0002 maxMeasuredValue uint16, 0003 tolerance uint16
msWindSpeed 040b
  0000 measuredValue uint16, 0001 minMeasuredValue uint16, 0002 maxMeasuredValue uint16, 0003 tolerance uint16
msCarbonMonoxide 040c
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msCO2 040d
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msEthylene 040e
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msEthyleneOxide 040f
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msHydrogen 0410
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msHydrogenSulfide 0411
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msNitricOxide 0412
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msNitrogenDioxide 0413
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msOxygen 0414
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msOzone 0415
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msSulfurDioxide 0416
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msDissolvedOxygen 0417
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msBromate 0418
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msChloramines 0419
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msChlorine 041a
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msFecalColiformAndEColi 041b
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msFluoride 041c
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msHaloaceticAcids 041d
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msTotalTrihalomethanes 041e
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msTotalColiformBacteria 041f
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msTurbidity 0420
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msCopper 0421
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msLead 0422
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msManganese 0423
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msSulfate 0424
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msBromodichloromethane 0425
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msBromoform 0426
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msChlorodibromomethane 0427
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msChloroform 0428
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
msSodium 0429
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
pm25Measurement 042a
  0000 measuredValue single, 0001 measuredMinValue single, 0002 measuredMaxValue single, 0003 tolerance single
msFormaldehyde 042b
  0000 measuredValue single, 0001 minMeasuredValue single, 0002 maxMeasuredValue single, 0003 tolerance single
"""
