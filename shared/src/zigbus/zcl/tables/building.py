"""Closures, HVAC and lighting clusters 0x0100-0x03ff. Form of the table: `zigbus.zcl.clusters`."""

TABLE = r"""
closuresShadeCfg 0100
  0000 physicalClosedLimit uint16, 0001 motorStepSize uint8, 0002 status map8, 0010 closedLimit uint16,
  0011 mode enum8
closuresDoorLock 0101
  0000 lockState enum8, 0001 lockType enum8, 0002 actuatorEnabled bool, 0003 doorState enum8,
  0004 doorOpenEvents uint32, 0005 doorClosedEvents uint32, 0006 openPeriod uint16,
  0010 numOfLockRecordsSupported uint16, 0011 numOfTotalUsersSupported uint16, 0012 numOfPinUsersSupported uint16,
  0013 numOfRfidUsersSupported uint16, 0014 numOfWeekDaySchedulesSupportedPerUser uint8,
  0015 numOfYearDaySchedulesSupportedPerUser uint8, 0016 numOfHolidayScheduledsSupported uint8, 0017 maxPinLen uint8,
  0018 minPinLen uint8, 0019 maxRfidLen uint8, 001a minRfidLen uint8, 0020 enableLogging bool, 0021 language string,
  0022 ledSettings uint8, 0023 autoRelockTime uint32, 0024 soundVolume uint8, 0025 operatingMode enum8,
  0026 supportedOperatingModes map16, 0027 defaultConfigurationRegister map16, 0028 enableLocalProgramming bool,
  0029 enableOneTouchLocking bool, 002a enableInsideStatusLed bool, 002b enablePrivacyModeButton bool,
  0030 wrongCodeEntryLimit uint8, 0031 userCodeTemporaryDisableTime uint8, 0032 sendPinOta bool,
  0033 requirePinForRfOperation bool, 0034 zigbeeSecurityLevel enum8, 0040 alarmMask map16,
  0041 keypadOperationEventMask map16, 0042 rfOperationEventMask map16, 0043 manualOperationEventMask map16,
  0044 rfidOperationEventMask map16, 0045 keypadProgrammingEventMask map16, 0046 rfProgrammingEventMask map16,
  0047 rfidProgrammingEventMask map16
  > 00 lockDoor pincodevalue:octstr
  > 01 unlockDoor pincodevalue:octstr
  > 02 toggleDoor pincodevalue:octstr
  > 03 unlockWithTimeout timeout:uint16 pincodevalue:octstr
  > 04 getLogRecord logindex:uint16
  > 05 setPinCode userid:uint16 userstatus:uint8 usertype:enum8 pincodevalue:octstr
  > 06 getPinCode userid:uint16
  > 07 clearPinCode userid:uint16
  > 08 clearAllPinCodes
  > 09 setUserStatus userid:uint16 userstatus:uint8
  > 0a getUserStatus userid:uint16
  > 0b setWeekDaySchedule scheduleid:uint8 userid:uint16 daysmask:map8 starthour:uint8 startminute:uint8 \
      endhour:uint8 endminute:uint8
  > 0c getWeekDaySchedule scheduleid:uint8 userid:uint16
  > 0d clearWeekDaySchedule scheduleid:uint8 userid:uint16
  > 0e setYearDaySchedule scheduleid:uint8 userid:uint16 zigbeelocalstarttime:uint32 zigbeelocalendtime:uint32
  > 0f getYearDaySchedule scheduleid:uint8 userid:uint16
  > 10 clearYearDaySchedule scheduleid:uint8 userid:uint16
  > 11 setHolidaySchedule holidayscheduleid:uint8 zigbeelocalstarttime:uint32 zigbeelocalendtime:uint32 \
      opermodelduringholiday:enum8
  > 12 getHolidaySchedule holidayscheduleid:uint8
  > 13 clearHolidaySchedule holidayscheduleid:uint8
  > 14 setUserType userid:uint16 usertype:enum8
  > 15 getUserType userid:uint16
  > 16 setRfidCode userid:uint16 userstatus:uint8 usertype:enum8 pincodevalue:octstr
  > 17 getRfidCode userid:uint16
  > 18 clearRfidCode userid:uint16
  > 19 clearAllRfidCodes
  < 00 lockDoorRsp status:enum8
  < 01 unlockDoorRsp status:enum8
  < 02 toggleDoorRsp status:enum8
  < 03 unlockWithTimeoutRsp status:enum8
  < 04 getLogRecordRsp logentryid:uint16 timestamp:uint32 eventtype:enum8 source:uint8 eventidalarmcode:uint8 \
      userid:uint16 pincodevalue:octstr
  < 05 setPinCodeRsp status:uint8
  < 06 getPinCodeRsp userid:uint16 userstatus:uint8 usertype:enum8 pincodevalue:octstr
  < 07 clearPinCodeRsp status:uint8
  < 08 clearAllPinCodesRsp status:uint8
  < 09 setUserStatusRsp status:uint8
  < 0a getUserStatusRsp userid:uint16 userstatus:uint8
  < 0b setWeekDayScheduleRsp status:uint8
  < 0c getWeekDayScheduleRsp scheduleid:uint8 userid:uint16 status:uint8 daysmask:map8 starthour:uint8 \
      startminute:uint8 endhour:uint8 endminute:uint8
  < 0d clearWeekDayScheduleRsp status:uint8
  < 0e setYearDayScheduleRsp status:uint8
  < 0f getYearDayScheduleRsp scheduleid:uint8 userid:uint16 status:enum8 zigbeelocalstarttime:uint32 \
      zigbeelocalendtime:uint32
  < 10 clearYearDayScheduleRsp status:uint8
  < 11 setHolidayScheduleRsp status:uint8
  < 12 getHolidayScheduleRsp holidayscheduleid:uint8 status:uint8 zigbeelocalstarttime:uint32 \
      zigbeelocalendtime:uint32 opermodelduringholiday:enum8
  < 13 clearHolidayScheduleRsp status:uint8
  < 14 setUserTypeRsp status:uint8
  < 15 getUserTypeRsp userid:uint16 usertype:enum8
  < 16 setRfidCodeRsp status:uint8
  < 17 getRfidCodeRsp userid:uint16 userstatus:uint8 usertype:enum8 pincodevalue:octstr
  < 18 clearRfidCodeRsp status:uint8
  < 19 clearAllRfidCodesRsp status:uint8
  < 20 operationEventNotification opereventsrc:uint8 opereventcode:uint8 userid:uint16 pin:octstr \
      zigbeelocaltime:uint32 data:string
  < 21 programmingEventNotification programeventsrc:uint8 programeventcode:uint8 userid:uint16 pin:octstr \
      usertype:enum8 userstatus:uint8 zigbeelocaltime:uint32 data:string
closuresWindowCovering 0102
  0000 windowCoveringType enum8, 0001 physicalClosedLimitLiftCm uint16, 0002 physicalClosedLimitTiltDdegree uint16,
  0003 currentPositionLiftCm uint16, 0004 currentPositionTiltDdegree uint16, 0005 numOfActuationsLift uint16,
  0006 numOfActuationsTilt uint16, 0007 configStatus map8, 0008 currentPositionLiftPercentage uint8,
  0009 currentPositionTiltPercentage uint8, 0010 installedOpenLimitLiftCm uint16,
  0011 installedClosedLimitLiftCm uint16, 0012 installedOpenLimitTiltDdegree uint16,
  0013 installedClosedLimitTiltDdegree uint16, 0014 velocityLift uint16, 0015 accelerationTimeLift uint16,
  0016 decelerationTimeLift uint16, 0017 windowCoveringMode map8, 0018 intermediateSetpointsLift octstr,
  0019 intermediateSetpointsTilt octstr
  > 00 upOpen
  > 01 downClose
  > 02 stop
  > 04 goToLiftValue liftvalue:uint16
  > 05 goToLiftPercentage percentageliftvalue:uint8
  > 07 goToTiltValue tiltvalue:uint16
  > 08 goToTiltPercentage percentagetiltvalue:uint8
barrierControl 0103
  0001 movingState enum8, 0002 safetyStatus map16, 0003 capabilities map8, 0004 openEvents uint16,
  0005 closeEvents uint16, 0006 commandOpenEvents uint16, 0007 commandCloseEvents uint16, 0008 openPeriod uint16,
  0009 closePeriod uint16, 000a barrierPosition uint8
  > 00 goToPercent percentOpen:uint8
  > 01 stop
hvacPumpCfgCtrl 0200
  0000 maxPressure int16, 0001 maxSpeed uint16, 0002 maxFlow uint16, 0003 minConstPressure int16,
  0004 maxConstPressure int16, 0005 minCompPressure int16, 0006 maxCompPressure int16, 0007 minConstSpeed uint16,
  0008 maxConstSpeed uint16, 0009 minConstFlow uint16, 000a maxConstFlow uint16, 000b minConstTemp int16,
  000c maxConstTemp int16, 0010 pumpStatus map16, 0011 effectiveOperationMode enum8, 0012 effectiveControlMode enum8,
  0013 capacity int16, 0014 speed uint16, 0015 lifetimeRunningHours uint24, 0016 power uint24,
  0017 lifetimeEnergyConsumed uint32, 0020 operationMode enum8, 0021 controlMode enum8, 0022 alarmMask map16
hvacThermostat 0201
  0000 localTemp int16, 0001 outdoorTemp int16, 0002 occupancy map8, 0003 absMinHeatSetpointLimit int16,
  0004 absMaxHeatSetpointLimit int16, 0005 absMinCoolSetpointLimit int16, 0006 absMaxCoolSetpointLimit int16,
  0007 pICoolingDemand uint8, 0008 pIHeatingDemand uint8, 0009 systemTypeConfig map8,
  0010 localTemperatureCalibration int8, 0011 occupiedCoolingSetpoint int16, 0012 occupiedHeatingSetpoint int16,
  0013 unoccupiedCoolingSetpoint int16, 0014 unoccupiedHeatingSetpoint int16, 0015 minHeatSetpointLimit int16,
  0016 maxHeatSetpointLimit int16, 0017 minCoolSetpointLimit int16, 0018 maxCoolSetpointLimit int16,
  0019 minSetpointDeadBand int8, 001a remoteSensing map8, 001b ctrlSeqeOfOper enum8, 001c systemMode enum8,
  001d alarmMask map8, 001e runningMode enum8, 0020 startOfWeek enum8, 0021 numberOfWeeklyTrans uint8,
  0022 numberOfDailyTrans uint8, 0023 tempSetpointHold enum8, 0024 tempSetpointHoldDuration uint16,
  0025 programingOperMode map8, 0029 runningState map16, 0030 setpointChangeSource enum8,
  0031 setpointChangeAmount int16, 0032 setpointChangeSourceTimeStamp UTC, 0034 occupiedSetback uint8,
  0035 occupiedSetbackMin uint8, 0036 occupiedSetbackMax uint8, 0037 unoccupiedSetback uint8,
  0038 unoccupiedSetbackMin uint8, 0039 unoccupiedSetbackMax uint8, 003a emergencyHeatDelta uint8, 0040 acType enum8,
  0041 acCapacity uint16, 0042 acRefrigerantType enum8, 0043 acConpressorType enum8, 0044 acErrorCode map32,
  0045 acLouverPosition enum8, 0046 acCollTemp int16, 0047 acCapacityFormat enum8,
  4000 danfossWindowOpenInternal enum8 m1246, 4003 danfossWindowOpenExternal bool m1246,
  4010 danfossDayOfWeek enum8 m1246, 4011 danfossTriggerTime uint16 m1246, 4012 danfossMountedModeActive bool m1246,
  4013 danfossMountedModeControl bool m1246, 4014 danfossThermostatOrientation bool m1246,
  4015 danfossExternalMeasuredRoomSensor int16 m1246, 4016 danfossRadiatorCovered bool m1246,
  4020 danfossAlgorithmScaleFactor uint8 m1246, 4030 danfossHeatAvailable bool m1246,
  4031 danfossHeatRequired bool m1246, 4032 danfossLoadBalancingEnable bool m1246,
  4040 danfossLoadRoomMean int16 m1246, 404a danfossLoadEstimate int16 m1246,
  404b danfossRegulationSetpointOffset int8 m1246, 404c danfossAdaptionRunControl enum8 m1246,
  404d danfossAdaptionRunStatus map8 m1246, 404e danfossAdaptionRunSettings map8 m1246,
  404f danfossPreheatStatus bool m1246, 4050 danfossPreheatTime uint32 m1246,
  4051 danfossWindowOpenFeatureEnable bool m1246, 4100 danfossRoomStatusCode map16 m1246,
  4110 danfossOutputStatus enum8 m1246, 4120 danfossRoomFloorSensorMode enum8 m1246,
  4121 danfossFloorMinSetpoint int16 m1246, 4122 danfossFloorMaxSetpoint int16 m1246,
  4130 danfossScheduleTypeUsed enum8 m1246, 4131 danfossIcon2PreHeat enum8 m1246,
  414f danfossIcon2PreHeatStatus enum8 m1246
  > 00 setpointRaiseLower mode:enum8 amount:int8
  > 01 setWeeklySchedule numoftrans:uint8 dayofweek:map8 mode:map8 transitions:bytes
  > 02 getWeeklySchedule daystoreturn:map8 modetoreturn:map8
  > 03 clearWeeklySchedule
  > 04 getRelayStatusLog
  < 00 getWeeklyScheduleRsp numoftrans:uint8 dayofweek:map8 mode:map8 transitions:bytes
  < 01 getRelayStatusLogRsp timeofday:uint16 relaystatus:map8 localtemp:int16 humidity:uint8 setpoint:int16 \
      unreadentries:uint16
hvacFanCtrl 0202
  0000 fanMode enum8, 0001 fanModeSequence enum8
hvacDehumidificationCtrl 0203
  0000 relativeHumidity uint8, 0001 dehumidCooling uint8, 0010 rhDehumidSetpoint uint8,
  0011 relativeHumidityMode enum8, 0012 dehumidLockout enum8, 0013 dehumidHysteresis uint8,
  0014 dehumidMaxCool uint8, 0015 relativeHumidDisplay enum8
hvacUserInterfaceCfg 0204
  0000 tempDisplayMode enum8, 0001 keypadLockout enum8, 0002 programmingVisibility enum8,
  4000 danfossViewingDirection enum8 m1246
lightingColorCtrl 0300
  0000 currentHue uint8, 0001 currentSaturation uint8, 0002 remainingTime uint16, 0003 currentX uint16,
  0004 currentY uint16, 0005 driftCompensation enum8, 0006 compensationText string, 0007 colorTemperature uint16,
  0008 colorMode enum8, 000f options map8, 0010 numPrimaries uint8, 0011 primary1X uint16, 0012 primary1Y uint16,
  0013 primary1Intensity uint8, 0015 primary2X uint16, 0016 primary2Y uint16, 0017 primary2Intensity uint8,
  0019 primary3X uint16, 001a primary3Y uint16, 001b primary3Intensity uint8, 0020 primary4X uint16,
  0021 primary4Y uint16, 0022 primary4Intensity uint8, 0024 primary5X uint16, 0025 primary5Y uint16,
  0026 primary5Intensity uint8, 0028 primary6X uint16, 0029 primary6Y uint16, 002a primary6Intensity uint8,
  0030 whitePointX uint16, 0031 whitePointY uint16, 0032 colorPointRX uint16, 0033 colorPointRY uint16,
  0034 colorPointRIntensity uint8, 0036 colorPointGX uint16, 0037 colorPointGY uint16,
  0038 colorPointGIntensity uint8, 003a colorPointBX uint16, 003b colorPointBY uint16,
  003c colorPointBIntensity uint8, 4000 enhancedCurrentHue uint16, 4001 enhancedColorMode enum8,
  4002 colorLoopActive uint8, 4003 colorLoopDirection uint8, 4004 colorLoopTime uint16,
  4005 colorLoopStartEnhancedHue uint16, 4006 colorLoopStoredEnhancedHue uint16, 400a colorCapabilities map16,
  400b colorTempPhysicalMin uint16, 400c colorTempPhysicalMax uint16, 400d coupleColorTempToLevelMin uint16,
  4010 startUpColorTemperature uint16
  > 00 moveToHue hue:uint8 direction:enum8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 01 moveHue movemode:enum8 rate:uint8 optionsMask:map8? optionsOverride:map8?
  > 02 stepHue stepmode:enum8 stepsize:uint8 transtime:uint8 optionsMask:map8? optionsOverride:map8?
  > 03 moveToSaturation saturation:uint8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 04 moveSaturation movemode:enum8 rate:uint8 optionsMask:map8? optionsOverride:map8?
  > 05 stepSaturation stepmode:enum8 stepsize:uint8 transtime:uint8 optionsMask:map8? optionsOverride:map8?
  > 06 moveToHueAndSaturation hue:uint8 saturation:uint8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 07 moveToColor colorx:uint16 colory:uint16 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 08 moveColor ratex:int16 ratey:int16 optionsMask:map8? optionsOverride:map8?
  > 09 stepColor stepx:int16 stepy:int16 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 0a moveToColorTemp colortemp:uint16 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 40 enhancedMoveToHue enhancehue:uint16 direction:enum8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 41 enhancedMoveHue movemode:enum8 rate:uint16 optionsMask:map8? optionsOverride:map8?
  > 42 enhancedStepHue stepmode:enum8 stepsize:uint16 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 43 enhancedMoveToHueAndSaturation enhancehue:uint16 saturation:uint8 transtime:uint16 optionsMask:map8? \
      optionsOverride:map8?
  > 44 colorLoopSet updateflags:map8 action:enum8 direction:enum8 time:uint16 starthue:uint16 optionsMask:map8? \
      optionsOverride:map8?
  > 47 stopMoveStep optionsMask:map8? optionsOverride:map8?
  > 4b moveColorTemp movemode:enum8 rate:uint16 minimum:uint16 maximum:uint16 optionsMask:map8? optionsOverride:map8?
  > 4c stepColorTemp stepmode:enum8 stepsize:uint16 transtime:uint16 minimum:uint16 maximum:uint16 \
      optionsMask:map8? optionsOverride:map8?
lightingBallastCfg 0301
  0000 physicalMinLevel uint8, 0001 physicalMaxLevel uint8, 0002 ballastStatus map8, 0010 minLevel uint8,
  0011 maxLevel uint8, 0012 powerOnLevel uint8, 0013 powerOnFadeTime uint16, 0014 intrinsicBallastFactor uint8,
  0015 ballastFactorAdjustment uint8, 0020 lampQuantity uint8, 0030 lampType string, 0031 lampManufacturer string,
  0032 lampRatedHours uint24, 0033 lampBurnHours uint24, 0034 lampAlarmMode map8, 0035 lampBurnHoursTripPoint uint24
"""
