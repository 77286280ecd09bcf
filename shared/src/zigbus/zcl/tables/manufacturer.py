"""Clusters that exist on devices of one manufacturer only, so that their ids alone name nothing."""

TABLE = r"""
manuSpecificLumi fcc0 m115f
  0009 mode uint8, 0112 illuminance uint32, 0114 displayUnit uint8, 0118 movement uint8, 0129 airQuality uint8,
  0400 curtainReverse bool, 0401 curtainHandOpen bool, 0402 curtainCalibrated bool
manuSpecificIkeaUnknown fc7c m117c
manuSpecificPhilips2 fc03 m100b
  0002 state octstr
  > 00 multiColor data:bytes
manuSpecificPhilips3 fc01 m100b
manuSpecificTuya2 e002
  d006 alarmTemperature enum8, d00a alarmTemperatureMax int16, d00b alarmTemperatureMin int16,
  d00d alarmHumidityMax int16, d00e alarmHumidityMin int16, d00f alarmHumidity enum8, d010 unknown uint8
manuSpecificTuya3 e001
  d010 powerOnBehavior enum8, d030 switchType enum8
customSonoffSnzb02d fc11
  0003 comfortTemperatureMax int16, 0004 comfortTemperatureMin int16, 0005 comfortHumidityMin uint16,
  0006 comfortHumidityMax uint16, 0007 temperatureUnits uint16, 2003 temperatureCalibration int16,
  2004 humidityCalibration int16
"""
