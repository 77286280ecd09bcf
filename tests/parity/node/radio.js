'use strict';
// The radio under zigbee-herdsman: notes every frame that leaves as numbers and bytes, and answers as a willing device
// would. Every answer is a function of the request alone.

const {plausible} = require('./values');

const BIND = 0x0021;
const UNBIND = 0x0022;
const ENDPOINT = 1;
const KNOWN_ANSWERS = {
    ssIasZone: {iasCieAddr: '0x00124b0000000000'},
    lightingColorCtrl: {colorCapabilities: 0x1f, colorTempPhysicalMin: 150, colorTempPhysicalMax: 500},
};

class Radio {
    constructor(Zcl) {
        this.Zcl = Zcl;
        this.calls = [];
        this.hasZdoMessageOverhead = false;
        this.manufacturerID = 0;
    }

    take() {
        const calls = this.calls;
        this.calls = [];
        return calls;
    }

    note(call, frame) {
        const octets = Buffer.from(frame.toBuffer());
        octets[octets[0] & 0x04 ? 3 : 1] = 0;
        const noted = {...call, cluster: frame.cluster.ID, frame: octets.toString('hex')};
        this.calls.push(noted);
        return noted;
    }

    async sendZclFrameToEndpoint(ieee, nwk, endpoint, frame, timeout, disableResponse) {
        const call = this.note({endpoint}, frame);
        const answer = disableResponse ? undefined : this.answer(frame, ieee, endpoint);
        if (answer === undefined) return undefined;
        call.answer = answer.toString('hex');
        return {clusterID: frame.cluster.ID, header: this.Zcl.Header.fromBuffer(answer), data: answer};
    }

    async sendZclFrameToGroup(group, frame) {
        this.note({group}, frame);
    }

    async sendZclFrameToAll(endpoint, frame, sourceEndpoint, destination) {
        this.note({endpoint, broadcast: destination}, frame);
    }

    async sendZdo(ieee, nwk, cluster, payload) {
        if (cluster === BIND || cluster === UNBIND) {
            const call = {endpoint: payload[8], cluster: payload.readUInt16LE(9)};
            if (payload[11] === 1) call.to_group = payload.readUInt16LE(12);
            this.calls.push({[cluster === BIND ? 'bind' : 'unbind']: call});
            return [0, undefined];
        }
        this.calls.push({zdo: cluster, payload: payload.toString('hex')});
        return [0, {}];
    }

    answer(frame, ieee, endpoint) {
        const {Zcl} = this;
        const build = (type, command, payload) =>
            Zcl.Frame.create(
                type,
                Zcl.Direction.SERVER_TO_CLIENT,
                true,
                frame.header.manufacturerCode,
                0,
                command,
                frame.cluster,
                payload,
                {},
            ).toBuffer();
        if (frame.header.isGlobal) {
            const name = frame.command.name;
            if (name === 'read') return build(0, 'readRsp', this.records(frame, ieee, endpoint));
            if (name.startsWith('write')) return Buffer.concat([build(0, 'writeRsp', []), Buffer.from([0])]);
            if (name === 'configReport') return Buffer.concat([build(0, 'configReportRsp', []), Buffer.from([0])]);
            return undefined;
        }
        if (frame.command.response === undefined) {
            return build(0, 'defaultRsp', {cmdId: frame.command.ID, statusCode: 0});
        }
        const response = Zcl.Utils.getClusterCommandResponse(frame.cluster, frame.command.response);
        const fields = Object.fromEntries(response.parameters.map((p) => [p.name, plausible(Zcl, p.type, 0)]));
        try {
            return build(1, frame.command.response, {...fields, status: 0, statuscode: 0});
        } catch {
            return undefined;
        }
    }

    records(frame) {
        const {Zcl} = this;
        const wanted = frame.payload.map(({attrId}) => [
            attrId,
            Zcl.Utils.getClusterAttribute(frame.cluster, attrId, frame.header.manufacturerCode),
        ]);
        return wanted.map(([attrId, known]) => {
            const dataType = known?.type ?? Zcl.DataType.UINT8;
            const special = KNOWN_ANSWERS[frame.cluster.name]?.[known?.name];
            const usual = known?.name.endsWith('Divisor') || known?.name === 'divisor' ? 10 : plausible(Zcl, dataType, 1);
            return {attrId, status: 0, dataType, attrData: special ?? usual};
        });
    }
}

module.exports = {Radio, ENDPOINT};
