"""General clusters 0x0000-0x003f. Form of the table: `zigbus.zcl.clusters`."""

TABLE = r"""
genBasic 0000
  0000 zclVersion uint8, 0001 appVersion uint8, 0002 stackVersion uint8, 0003 hwVersion uint8,
  0004 manufacturerName string, 0005 modelId string, 0006 dateCode string, 0007 powerSource enum8,
  0008 genericDeviceClass enum8, 0009 genericDeviceType enum8, 000a productCode octstr, 000b productUrl string,
  000c manufacturerVersionDetails string, 000d serialNumber string, 000e productLabel string,
  0010 locationDesc string, 0011 physicalEnv enum8, 0012 deviceEnabled bool, 0013 alarmMask map8,
  0014 disableLocalConfig map8, 4000 swBuildId string
  > 00 resetFactDefault
genPowerCfg 0001
  0000 mainsVoltage uint16, 0001 mainsFrequency uint8, 0010 mainsAlarmMask map8, 0011 mainsVoltMinThres uint16,
  0012 mainsVoltMaxThres uint16, 0013 mainsVoltageDwellTripPoint uint16, 0020 batteryVoltage uint8,
  0021 batteryPercentageRemaining uint8, 0030 batteryManufacturer string, 0031 batterySize enum8,
  0032 batteryAHrRating uint16, 0033 batteryQuantity uint8, 0034 batteryRatedVoltage uint8,
  0035 batteryAlarmMask map8, 0036 batteryVoltMinThres uint8, 0037 batteryVoltThres1 uint8,
  0038 batteryVoltThres2 uint8, 0039 batteryVoltThres3 uint8, 003a batteryPercentMinThres uint8,
  003b batteryPercentThres1 uint8, 003c batteryPercentThres2 uint8, 003d batteryPercentThres3 uint8,
  003e batteryAlarmState map32
genDeviceTempCfg 0002
  0000 currentTemperature int16, 0001 minTempExperienced int16, 0002 maxTempExperienced int16,
  0003 overTempTotalDwell uint16, 0010 devTempAlarmMask map8, 0011 lowTempThres int16, 0012 highTempThres int16,
  0013 lowTempDwellTripPoint uint24, 0014 highTempDwellTripPoint uint24
genIdentify 0003
  0000 identifyTime uint16
  > 00 identify identifytime:uint16
  > 01 identifyQuery
  > 40 triggerEffect effectid:enum8 effectvariant:enum8
  < 00 identifyQueryRsp timeout:uint16
genGroups 0004
  0000 nameSupport map8
  > 00 add groupid:uint16 groupname:string
  > 01 view groupid:uint16
  > 02 getMembership groupcount:uint8 grouplist:uint16[]
  > 03 remove groupid:uint16
  > 04 removeAll
  > 05 addIfIdentifying groupid:uint16 groupname:string
  < 00 addRsp status:enum8 groupid:uint16
  < 01 viewRsp status:enum8 groupid:uint16 groupname:string
  < 02 getMembershipRsp capacity:uint8 groupcount:uint8 grouplist:uint16[]
  < 03 removeRsp status:enum8 groupid:uint16
genScenes 0005
  0000 count uint8, 0001 currentScene uint8, 0002 currentGroup uint16, 0003 sceneValid bool, 0004 nameSupport map8,
  0005 lastCfgBy EUI64
  > 00 add groupid:uint16 sceneid:uint8 transtime:uint16 scenename:string extensionfieldsets:bytes
  > 01 view groupid:uint16 sceneid:uint8
  > 02 remove groupid:uint16 sceneid:uint8
  > 03 removeAll groupid:uint16
  > 04 store groupid:uint16 sceneid:uint8
  > 05 recall groupid:uint16 sceneid:uint8 transitionTime:uint16?
  > 06 getSceneMembership groupid:uint16
  > 40 enhancedAdd groupid:uint16 sceneid:uint8 transtime:uint16 scenename:string extensionfieldsets:bytes
  > 41 enhancedView groupid:uint16 sceneid:uint8
  > 42 copy mode:map8 groupidfrom:uint16 sceneidfrom:uint8 groupidto:uint16 sceneidto:uint8
  < 00 addRsp status:enum8 groupId:uint16 sceneId:uint8
  < 01 viewRsp status:enum8 groupid:uint16 sceneid:uint8 transtime:uint16? scenename:string? extensionfieldsets:bytes
  < 02 removeRsp status:enum8 groupid:uint16 sceneid:uint8
  < 03 removeAllRsp status:enum8 groupid:uint16
  < 04 storeRsp status:enum8 groupid:uint16 sceneid:uint8
  < 06 getSceneMembershipRsp status:enum8 capacity:uint8 groupid:uint16 scenecount:uint8? scenelist:uint8[]
  < 40 enhancedAddRsp status:enum8 groupId:uint16 sceneId:uint8
  < 41 enhancedViewRsp status:enum8 groupid:uint16 sceneid:uint8 transtime:uint16? scenename:string? \
      extensionfieldsets:bytes
  < 42 copyRsp status:enum8 groupidfrom:uint16 sceneidfrom:uint8
genOnOff 0006
  0000 onOff bool, 4000 globalSceneCtrl bool, 4001 onTime uint16, 4002 offWaitTime uint16, 4003 startUpOnOff enum8
  > 00 off
  > 01 on
  > 02 toggle
  > 40 offWithEffect effectid:enum8 effectvariant:uint8
  > 41 onWithRecallGlobalScene
  > 42 onWithTimedOff ctrlbits:uint8 ontime:uint16 offwaittime:uint16
genOnOffSwitchCfg 0007
  0000 switchType enum8, 0010 switchActions enum8
genLevelCtrl 0008
  0000 currentLevel uint8, 0001 remainingTime uint16, 0002 minLevel uint8, 0003 maxLevel uint8,
  0004 currentFrequency uint16, 0005 minFrequency uint16, 0006 maxFrequency uint16, 000f options map8,
  0010 onOffTransitionTime uint16, 0011 onLevel uint8, 0012 onTransitionTime uint16, 0013 offTransitionTime uint16,
  0014 defaultMoveRate uint8, 4000 startUpCurrentLevel uint8
  > 00 moveToLevel level:uint8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 01 move movemode:enum8 rate:uint8 optionsMask:map8? optionsOverride:map8?
  > 02 step stepmode:enum8 stepsize:uint8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 03 stop optionsMask:map8? optionsOverride:map8?
  > 04 moveToLevelWithOnOff level:uint8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 05 moveWithOnOff movemode:enum8 rate:uint8 optionsMask:map8? optionsOverride:map8?
  > 06 stepWithOnOff stepmode:enum8 stepsize:uint8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 07 stopWithOnOff optionsMask:map8? optionsOverride:map8?
  > 08 moveToClosestFrequency frequency:uint16
genAlarms 0009
  0000 alarmCount uint16
  > 00 reset alarmcode:enum8 clusterid:clusterId
  > 01 resetAll
  > 02 getAlarm
  > 03 resetLog
  < 00 alarm alarmcode:enum8 clusterid:clusterId
  < 01 getRsp status:enum8 alarmcode:enum8? clusterid:clusterId? timestamp:uint32?
genTime 000a
  0000 time UTC, 0001 timeStatus map8, 0002 timeZone int32, 0003 dstStart uint32, 0004 dstEnd uint32,
  0005 dstShift int32, 0006 standardTime uint32, 0007 localTime uint32, 0008 lastSetTime UTC,
  0009 validUntilTime UTC
genRssiLocation 000b
genAnalogInput 000c
  001c description string, 0041 maxPresentValue single, 0045 minPresentValue single, 0051 outOfService bool,
  0055 presentValue single, 0067 reliability enum8, 006a resolution single, 006f statusFlags map8,
  0075 engineeringUnits enum16, 0100 applicationType uint32
genAnalogOutput 000d
  001c description string, 0041 maxPresentValue single, 0045 minPresentValue single, 0051 outOfService bool,
  0055 presentValue single, 0057 priorityArray array, 0067 reliability enum8, 0068 relinquishDefault single,
  006a resolution single, 006f statusFlags map8, 0075 engineeringUnits enum16, 0100 applicationType uint32
genAnalogValue 000e
  001c description string, 0051 outOfService bool, 0055 presentValue single, 0057 priorityArray array,
  0067 reliability enum8, 0068 relinquishDefault single, 006f statusFlags map8, 0075 engineeringUnits enum16,
  0100 applicationType uint32
genBinaryInput 000f
  0004 activeText string, 001c description string, 002e inactiveText string, 0051 outOfService bool,
  0054 polarity enum8, 0055 presentValue bool, 0067 reliability enum8, 006f statusFlags map8,
  0100 applicationType uint32
genBinaryOutput 0010
  0004 activeText string, 001c description string, 002e inactiveText string, 0042 minimumOffTime uint32,
  0043 minimumOnTime uint32, 0051 outOfService bool, 0054 polarity enum8, 0055 presentValue bool,
  0057 priorityArray array, 0067 reliability enum8, 0068 relinquishDefault bool, 006f statusFlags map8,
  0100 applicationType uint32
genBinaryValue 0011
  0004 activeText string, 001c description string, 002e inactiveText string, 0042 minimumOffTime uint32,
  0043 minimumOnTime uint32, 0051 outOfService bool, 0055 presentValue bool, 0057 priorityArray array,
  0067 reliability enum8, 0068 relinquishDefault bool, 006f statusFlags map8, 0100 applicationType uint32
genMultistateInput 0012
  000e stateText array, 001c description string, 004a numberOfStates uint16, 0051 outOfService bool,
  0055 presentValue uint16, 0067 reliability enum8, 006f statusFlags map8, 0100 applicationType uint32
genMultistateOutput 0013
  000e stateText array, 001c description string, 004a numberOfStates uint16, 0051 outOfService bool,
  0055 presentValue uint16, 0057 priorityArray array, 0067 reliability enum8, 0068 relinquishDefault uint16,
  006f statusFlags map8, 0100 applicationType uint32
genMultistateValue 0014
  000e stateText array, 001c description string, 004a numberOfStates uint16, 0051 outOfService bool,
  0055 presentValue uint16, 0057 priorityArray array, 0067 reliability enum8, 0068 relinquishDefault uint16,
  006f statusFlags map8, 0100 applicationType uint32
genCommissioning 0015
piPartition 0016
genOta 0019
  0000 upgradeServerId EUI64, 0001 fileOffset uint32, 0002 currentFileVersion uint32,
  0003 currentZigbeeStackVersion uint16, 0004 downloadedFileVersion uint32, 0005 downloadedZigbeeStackVersion uint16,
  0006 imageUpgradeStatus enum8, 0007 manufacturerId uint16, 0008 imageTypeId uint16,
  0009 minimumBlockReqDelay uint16, 000a imageStamp uint32, 000b upgradeActivationPolicy enum8,
  000c upgradeTimeoutPolicy enum8
  > 01 queryNextImageRequest fieldControl:map8 manufacturerCode:uint16 imageType:uint16 fileVersion:uint32 \
      hardwareVersion:uint16?
  > 03 imageBlockRequest fieldControl:map8 manufacturerCode:uint16 imageType:uint16 fileVersion:uint32 \
      fileOffset:uint32 maximumDataSize:uint8 requestNodeIeeeAddress:EUI64? minimumBlockPeriod:uint16?
  > 04 imagePageRequest fieldControl:map8 manufacturerCode:uint16 imageType:uint16 fileVersion:uint32 \
      fileOffset:uint32 maximumDataSize:uint8 pageSize:uint16 responseSpacing:uint16 requestNodeIeeeAddress:EUI64?
  > 06 upgradeEndRequest status:enum8 manufacturerCode:uint16 imageType:uint16 fileVersion:uint32
  > 08 queryDeviceSpecificFileRequest eui64:EUI64 manufacturerCode:uint16 imageType:uint16 fileVersion:uint32 \
      zigbeeStackVersion:uint16
  < 00 imageNotify payloadType:enum8 queryJitter:uint8 manufacturerCode:uint16? imageType:uint16? fileVersion:uint32?
  < 02 queryNextImageResponse status:enum8 manufacturerCode:uint16? imageType:uint16? fileVersion:uint32? \
      imageSize:uint32?
  < 05 imageBlockResponse status:enum8 manufacturerCode:uint16? imageType:uint16? fileVersion:uint32? \
      fileOffset:uint32? dataSize:uint8? data:bytes
  < 07 upgradeEndResponse manufacturerCode:uint16 imageType:uint16 fileVersion:uint32 currentTime:UTC upgradeTime:UTC
  < 09 queryDeviceSpecificFileResponse status:enum8 manufacturerCode:uint16? imageType:uint16? \
      fileVersion:uint32? imageSize:uint32?
powerProfile 001a
haApplianceControl 001b
  0000 startTime uint16, 0001 finishTime uint16, 0002 remainingTime uint16
  > 00 executionOfCommand commandId:enum8
  > 01 signalState
  > 02 writeFunctions
  > 03 overloadPauseResume
  > 04 overloadPause
  > 05 overloadWarning warningEvent:enum8
  < 00 signalStateRsp applianceStatus:enum8 remoteEnableFlagsAndDeviceStatus2:map8 applianceStatus2:uint24?
  < 00 signalStateNotification applianceStatus:enum8 remoteEnableFlagsAndDeviceStatus2:map8 applianceStatus2:uint24?
pulseWidthModulation 001c
  0000 currentLevel uint8, 0001 remainingTime uint16, 0002 minLevel uint8, 0003 maxLevel uint8,
  0004 currentFrequency uint16, 0005 minFrequency uint16, 0006 maxFrequency uint16, 000f options map8,
  0010 onOffTransitionTime uint16, 0011 onLevel uint8, 0012 onTransitionTime uint16, 0013 offTransitionTime uint16,
  0014 defaultMoveRate uint8, 4000 startUpCurrentLevel uint8
  > 00 moveToLevel level:uint8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 01 move movemode:uint8 rate:uint8 optionsMask:map8? optionsOverride:map8?
  > 02 step stepmode:uint8 stepsize:uint8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 03 stop optionsMask:map8? optionsOverride:map8?
  > 04 moveToLevelWithOnOff level:uint8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 05 moveWithOnOff movemode:uint8 rate:uint8 optionsMask:map8? optionsOverride:map8?
  > 06 stepWithOnOff stepmode:uint8 stepsize:uint8 transtime:uint16 optionsMask:map8? optionsOverride:map8?
  > 07 stopWithOnOff optionsMask:map8? optionsOverride:map8?
  > 08 moveToClosestFrequency frequency:uint16
genPollCtrl 0020
  0000 checkinInterval uint32, 0001 longPollInterval uint32, 0002 shortPollInterval uint16,
  0003 fastPollTimeout uint16, 0004 checkinIntervalMin uint32, 0005 longPollIntervalMin uint32,
  0006 fastPollTimeoutMax uint16
  > 00 checkinRsp startFastPolling:bool fastPollTimeout:uint16
  > 01 fastPollStop
  > 02 setLongPollInterval newLongPollInterval:uint32
  > 03 setShortPollInterval newShortPollInterval:uint16
  < 00 checkin
greenPower 0021
mobileDeviceCfg 0022
neighborCleaning 0023
nearestGateway 0024
keepAlive 0025
  0000 tcKeepAliveBase uint8, 0001 tcKeepAliveJitter uint16
zigbeeDirectConfiguration 003d
"""
