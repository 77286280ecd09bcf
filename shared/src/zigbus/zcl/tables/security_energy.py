"""Security, protocol, energy, touchlink and Tuya clusters 0x0500-0xffff. Form of the table: `zigbus.zcl.clusters`."""

TABLE = r"""
ssIasZone 0500
  0000 zoneState enum8, 0001 zoneType enum16, 0002 zoneStatus map16, 0010 iasCieAddr EUI64, 0011 zoneId uint8,
  0012 numZoneSensitivityLevelsSupported uint8, 0013 currentZoneSensitivityLevel uint8
  > 00 enrollRsp enrollrspcode:enum8 zoneid:uint8
  > 01 initNormalOpMode
  > 02 initTestMode testModeDuration:uint8 currentZoneSensitivityLevel:uint8
  < 00 statusChangeNotification zonestatus:map16 extendedstatus:map8 zoneID:uint8 delay:uint16
  < 01 enrollReq zonetype:enum16 manucode:uint16
ssIasAce 0501
  > 00 arm armmode:enum8 code:string zoneid:uint8
  > 01 bypass numofzones:uint8 zoneidlist:uint8[]
  > 02 emergency
  > 03 fire
  > 04 panic
  > 05 getZoneIDMap
  > 06 getZoneInfo zoneid:uint8
  > 07 getPanelStatus
  < 00 armRsp armnotification:enum8
  < 01 getZoneIDMapRsp zoneidmapsection0:map16 zoneidmapsection1:map16 zoneidmapsection2:map16 \
      zoneidmapsection3:map16 zoneidmapsection4:map16 zoneidmapsection5:map16 zoneidmapsection6:map16 \
      zoneidmapsection7:map16 zoneidmapsection8:map16 zoneidmapsection9:map16 zoneidmapsection10:map16 \
      zoneidmapsection11:map16 zoneidmapsection12:map16 zoneidmapsection13:map16 zoneidmapsection14:map16 \
      zoneidmapsection15:map16
  < 02 getZoneInfoRsp zoneid:uint8 zonetype:enum16 ieeeaddr:EUI64 zonelabel:string
  < 03 zoneStatusChanged zoneid:uint8 zonestatus:enum16 audiblenotif:enum8 zonelabel:string
  < 04 panelStatusChanged panelstatus:enum8 secondsremain:uint8 audiblenotif:enum8 alarmstatus:enum8
  < 05 getPanelStatusRsp panelstatus:enum8 secondsremain:uint8 audiblenotif:enum8 alarmstatus:enum8
  < 06 setBypassedZoneList numofzones:uint8 zoneid:uint8[]
  < 07 bypassRsp numofzones:uint8 bypassresult:uint8[]
ssIasWd 0502
  0000 maxDuration uint16
  > 00 startWarning startwarninginfo:map8 warningduration:uint16 strobedutycycle:uint8 strobelevel:enum8
  > 01 squawk squawkinfo:map8
piGenericTunnel 0600
piBacnetProtocolTunnel 0601
piAnalogInputReg 0602
piAnalogInputExt 0603
piAnalogOutputReg 0604
piAnalogOutputExt 0605
piAnalogValueReg 0606
piAnalogValueExt 0607
piBinaryInputReg 0608
piBinaryInputExt 0609
piBinaryOutputReg 060a
piBinaryOutputExt 060b
piBinaryValueReg 060c
piBinaryValueExt 060d
piMultistateInputReg 060e
piMultistateInputExt 060f
piMultistateOutputReg 0610
piMultistateOutputExt 0611
piMultistateValueReg 0612
piMultistateValueExt 0613
pi11073ProtocolTunnel 0614
  0000 deviceidList array, 0001 managerTarget EUI64, 0002 managerEndpoint uint8, 0003 connected bool,
  0004 preemptible bool, 0005 idleTimeout uint16
piIso7818ProtocolTunnel 0615
retailTunnel 0617
seMetering 0702
  0000 currentSummDelivered uint48, 0001 currentSummReceived uint48, 0002 currentMaxDemandDelivered uint48,
  0003 currentMaxDemandReceived uint48, 0004 dftSumm uint48, 0005 dailyFreezeTime uint16, 0006 powerFactor int8,
  0007 readingSnapshotTime UTC, 0008 currentMaxDemandDeliverdTime UTC, 0009 currentMaxDemandReceivedTime UTC,
  000a defaultUpdatePeriod uint8, 000b fastPollUpdatePeriod uint8, 000c currentBlockPeriodConsumpDelivered uint48,
  000d dailyConsumpTarget uint24, 000e currentBlock enum8, 000f profileIntervalPeriod enum8,
  0011 presetReadingTime uint16, 0012 volumePerReport uint16, 0013 flowRestriction uint8, 0014 supplyStatus enum8,
  0015 currentInEnergyCarrierSumm uint48, 0016 currentOutEnergyCarrierSumm uint48, 0017 inletTempreature int24,
  0018 outletTempreature int24, 0019 controlTempreature int24, 001a currentInEnergyCarrierDemand int24,
  001b currentOutEnergyCarrierDemand int24, 001c previousBlockPeriodConsumpReceived uint48,
  001d currentBlockPeriodConsumpReceived uint48, 001e currentBlockReceived enum8, 001f DFTSummationReceived uint48,
  0200 status map8, 0201 remainingBattLife uint8, 0202 hoursInOperation uint24, 0203 hoursInFault uint24,
  0204 extendedStatus map64, 0205 remainingBattLifeInDays uint16, 0206 currentMeterId octstr,
  0207 ambientConsumptionIndicator enum8, 0300 unitOfMeasure enum8, 0301 multiplier uint24, 0302 divisor uint24,
  0303 summaFormatting map8, 0304 demandFormatting map8, 0305 historicalConsumpFormatting map8,
  0306 meteringDeviceType map8, 0307 siteId octstr, 0308 meterSerialNumber octstr,
  0309 energyCarrierUnitOfMeas enum8, 030a energyCarrierSummFormatting map8, 030b energyCarrierDemandFormatting map8,
  030c temperatureUnitOfMeas enum8, 030d temperatureFormatting map8, 030e moduleSerialNumber octstr,
  030f operatingTariffLevelDelivered octstr, 0400 instantaneousDemand int24, 0401 currentDayConsumpDelivered uint24,
  0402 currentDayConsumpReceived uint24, 0403 previousDayConsumpDelivered uint24
seTunneling 0704
telecommunicationsInformation 0900
telecommunicationsVoiceOverZigbee 0904
telecommunicationsChatting 0905
haApplianceIdentification 0b00
  0000 basicIdentification uint56, 0010 companyName string, 0011 companyId uint16, 0012 brandName string,
  0013 brandId uint16, 0014 model octstr, 0015 partNumber octstr, 0016 productRevision octstr,
  0017 softwareRevision octstr, 0018 productTypeName octstr, 0019 productTypeId uint16,
  001a cecedSpecificationVersion uint8
seMeterIdentification 0b01
  0000 companyName string, 0001 meterTypeId uint16, 0004 dataQualityId uint16, 0005 customerName string,
  0006 model octstr, 0007 partNumber octstr, 0008 productRevision octstr, 000a softwareRevision octstr,
  000b utilityName string, 000c pod string, 000d availablePower int24, 000e powerThreshold int24
haApplianceEventsAlerts 0b02
haApplianceStatistics 0b03
haElectricalMeasurement 0b04
  0000 measurementType map32, 0100 dcVoltage int16, 0101 dcVoltageMin int16, 0102 dcvoltagemax int16,
  0103 dcCurrent int16, 0104 dcCurrentMin int16, 0105 dcCurrentMax int16, 0106 dcPower int16, 0107 dcPowerMin int16,
  0108 dcPowerMax int16, 0200 dcVoltageMultiplier uint16, 0201 dcVoltageDivisor uint16,
  0202 dcCurrentMultiplier uint16, 0203 dcCurrentDivisor uint16, 0204 dcPowerMultiplier uint16,
  0205 dcPowerDivisor uint16, 0300 acFrequency uint16, 0301 acFrequencyMin uint16, 0302 acFrequencyMax uint16,
  0303 neutralCurrent uint16, 0304 totalActivePower int32, 0305 totalReactivePower int32,
  0306 totalApparentPower uint32, 0307 meas1stHarmonicCurrent int16, 0308 meas3rdHarmonicCurrent int16,
  0309 meas5thHarmonicCurrent int16, 030a meas7thHarmonicCurrent int16, 030b meas9thHarmonicCurrent int16,
  030c meas11thHarmonicCurrent int16, 030d measPhase1stHarmonicCurrent int16, 030e measPhase3rdHarmonicCurrent int16,
  030f measPhase5thHarmonicCurrent int16, 0310 measPhase7thHarmonicCurrent int16,
  0311 measPhase9thHarmonicCurrent int16, 0312 measPhase11thHarmonicCurrent int16, 0400 acFrequencyMultiplier uint16,
  0401 acFrequencyDivisor uint16, 0402 powerMultiplier uint32, 0403 powerDivisor uint32,
  0404 harmonicCurrentMultiplier int8, 0405 phaseHarmonicCurrentMultiplier int8, 0500 instantaneousVoltage int16,
  0501 instantaneousLineCurrent uint16, 0502 instantaneousActiveCurrent int16,
  0503 instantaneousReactiveCurrent int16, 0504 instantaneousPower int16, 0505 rmsVoltage uint16,
  0506 rmsVoltageMin uint16, 0507 rmsVoltageMax uint16, 0508 rmsCurrent uint16, 0509 rmsCurrentMin uint16,
  050a rmsCurrentMax uint16, 050b activePower int16, 050c activePowerMin int16, 050d activePowerMax int16,
  050e reactivePower int16, 050f apparentPower uint16, 0510 powerFactor int8,
  0511 averageRmsVoltageMeasPeriod uint16, 0512 averageRmsOverVoltageCounter uint16,
  0513 averageRmsUnderVoltageCounter uint16, 0514 rmsExtremeOverVoltagePeriod uint16,
  0515 rmsExtremeUnderVoltagePeriod uint16, 0516 rmsVoltageSagPeriod uint16, 0517 rmsVoltageSwellPeriod uint16,
  0600 acVoltageMultiplier uint16, 0601 acVoltageDivisor uint16, 0602 acCurrentMultiplier uint16,
  0603 acCurrentDivisor uint16, 0604 acPowerMultiplier uint16, 0605 acPowerDivisor uint16
haDiagnostic 0b05
  0000 numberOfResets uint16, 0001 persistentMemoryWrites uint16, 0100 macRxBcast uint32, 0101 macTxBcast uint32,
  0102 macRxUcast uint32, 0103 macTxUcast uint32, 0104 macTxUcastRetry uint16, 0105 macTxUcastFail uint16,
  0106 aPSRxBcast uint16, 0107 aPSTxBcast uint16, 0108 aPSRxUcast uint16, 0109 aPSTxUcastSuccess uint16,
  010a aPSTxUcastRetry uint16, 010b aPSTxUcastFail uint16, 010c routeDiscInitiated uint16, 010d neighborAdded uint16,
  010e neighborRemoved uint16, 010f neighborStale uint16, 0110 joinIndication uint16, 0111 childMoved uint16,
  0112 nwkFcFailure uint16, 0113 apsFcFailure uint16, 0114 apsUnauthorizedKey uint16, 0115 nwkDecryptFailures uint16,
  0116 apsDecryptFailures uint16, 0117 packetBufferAllocateFailures uint16, 0118 relayedUcast uint16,
  0119 phyToMacQueueLimitReached uint16, 011a packetValidateDropCount uint16,
  011b averageMacRetryPerApsMessageSent uint16, 011c lastMessageLqi uint8, 011d lastMessageRssi int8,
  4000 danfossSystemStatusCode map16 m1246, 4031 danfossHeatSupplyRequest enum8 m1246,
  4200 danfossSystemStatusWater enum8 m1246, 4201 danfossMultimasterRole enum8 m1246,
  4210 danfossIconApplication enum8 m1246, 4220 danfossIconForcedHeatingCooling enum8 m1246
touchlink 1000
manuSpecificTuya ef00
  > 00 dataRequest seq:uint16 dpValues:bytes
  > 03 dataQuery
  > 04 sendData seq:uint16 dpValues:bytes
  > 10 mcuVersionRequest seq:uint16
  > 12 mcuOtaNotify seq:uint16 key_hi:uint32 key_lo:uint32 version:uint8 imageSize:uint32 crc:uint32
  > 14 mcuOtaBlockDataResponse seq:uint16 status:uint8 key_hi:uint32 key_lo:uint32 version:uint8 offset:uint32 \
      imageData:uint8[]
  > 24 mcuSyncTime payloadSize:uint16 payload:uint8[]
  > 25 mcuGatewayConnectionStatus payloadSize:uint16 payload:uint8
  > 61 tuyaWeatherSync payload:bytes
  < 01 dataResponse seq:uint16 dpValues:bytes
  < 02 dataReport seq:uint16 dpValues:bytes
  < 05 activeStatusReportAlt seq:uint16 dpValues:bytes
  < 06 activeStatusReport seq:uint16 dpValues:bytes
  < 11 mcuVersionResponse seq:uint16 version:uint8
  < 13 mcuOtaBlockDataRequest seq:uint16 key_hi:uint32 key_lo:uint32 version:uint8 offset:uint32 size:uint32
  < 15 mcuOtaResult seq:uint16 status:uint8 key_hi:uint32 key_lo:uint32 version:uint8
  < 24 mcuSyncTime payloadSize:uint16
  < 25 mcuGatewayConnectionStatus payloadSize:uint16
  < 60 tuyaWeatherRequest payload:bytes
manuSpecificAmazonWWAH fc57 m1217
"""
