// Device, Endpoint and Group as converters see them. What goes over the air becomes an effect with a promise; the rest
// is answered from what the service told. Names become numbers here, by the tables of zigbee-herdsman and by the
// clusters that definitions register. Runs after core.js.
"use strict";
(() => {
    const {zigbus} = globalThis;
    const {Zcl} = zigbus.require("zigbee-herdsman");
    const {BuffaloZcl} = zigbus.require("zigbee-herdsman/dist/zspec/zcl/buffaloZcl");
    const {Buffer} = zigbus.require("buffer");
    globalThis.Buffer = Buffer;
    // Node cuts fractions off, `buffer` rounds them down: -0.1 is written as 0, not as -1.
    for (const name of Object.getOwnPropertyNames(Buffer.prototype).filter((key) => /^writeInt/.test(key))) {
        const write = Buffer.prototype[name];
        Buffer.prototype[name] = function (value, offset, length, ...rest) {
            const bits = Number(/\d+/.exec(name)?.[0] ?? 8 * length);
            return write.call(this, value < 0 && value >= -(2 ** (bits - 1)) ? Math.trunc(value) : value, offset, length, ...rest);
        };
    }

    const READ_RESPONSE = 0x01; // general command
    const devices = (zigbus.devices = new Map()); // ieee -> Device
    const POWER_SOURCES = ["Unknown", "Mains (single phase)", "Mains (3 phase)", "Battery", "DC Source", "Emergency mains constantly powered", "Emergency mains and transfer switch"];
    const TYPES = {end_device: "EndDevice", router: "Router", coordinator: "Coordinator"};
    const INTERVIEW = {successful: "SUCCESSFUL", failed: "FAILED", in_progress: "IN_PROGRESS", pending: "PENDING"};
    const BASIC_FIELDS = {
        modelId: "modelID", manufacturerName: "manufacturerName", powerSource: "powerSource", zclVersion: "zclVersion", appVersion: "applicationVersion",
        stackVersion: "stackVersion", hwVersion: "hardwareVersion", dateCode: "dateCode", swBuildId: "softwareBuildID",
    };

    zigbus.hex = (bytes) => Buffer.from(bytes).toString("hex");

    // An attribute's value in the octets of the air; the service turns them into what the bus carries.
    function record(id, type, value) {
        if (value === undefined) throw new Error(`Attribute ${id} has no value`);
        const buffalo = new BuffaloZcl(Buffer.alloc(1024));
        buffalo.write(type, value, {});
        return {id, type, octets: zigbus.hex(buffalo.getWritten()), value};
    }

    function attributeOf(cluster, key, manufacturer) {
        return Zcl.Utils.getClusterAttribute(cluster, key, manufacturer);
    }

    const unknown = (cluster, key) => new Error(`Unknown attribute '${key}' of cluster '${cluster.name}', give an existing attribute or a number`);

    class Endpoint {
        constructor(device, id, facts) {
            Object.defineProperty(this, "device", {value: device});
            this.ID = id;
            this.profileID = facts.profile;
            this.deviceID = facts.device_type;
            this.inputClusters = [...(facts.input_clusters ?? [])];
            this.outputClusters = [...(facts.output_clusters ?? [])];
            this.deviceIeeeAddress = device.ieeeAddr;
            this.deviceNetworkAddress = device.networkAddress;
            this.clusters = {};
            this.meta = {};
            this.links = facts.bindings ?? [];
            this.reportings = facts.reportings ?? [];
        }

        getDevice() {
            return this.device;
        }
        get binds() {
            return this.links.flatMap(({cluster, ieee, endpoint, group}) => {
                // a device that has no definition in this engine is the coordinator, as far as definitions can tell
                const known = devices.get(ieee);
                const target = group != null ? zigbus.group(group) : known ? known.getEndpoint(endpoint) : zigbus.coordinator.getEndpoint(1);
                return target ? [{cluster: this.cluster(cluster), target}] : [];
            });
        }
        get configuredReportings() {
            return this.reportings.map((entry) => {
                const cluster = Zcl.Utils.getCluster(entry.cluster, entry.manufacturer ?? undefined, this.device.customClusters);
                const attribute = attributeOf(cluster, entry.attribute, entry.manufacturer ?? undefined) ?? {ID: entry.attribute, name: String(entry.attribute), type: undefined};
                return {
                    cluster, attribute, minimumReportInterval: entry.min_interval_s, maximumReportInterval: entry.max_interval_s,
                    reportableChange: entry.reportable_change ?? undefined,
                };
            });
        }

        cluster(key, manufacturer) {
            if (typeof key === "object") return key;
            return Zcl.Utils.getCluster(key, manufacturer ?? this.device.manufacturerID, this.device.customClusters);
        }
        supportsInputCluster(key) {
            return this.inputClusters.includes(this.cluster(key).ID);
        }
        supportsOutputCluster(key) {
            return this.outputClusters.includes(this.cluster(key).ID);
        }
        getInputClusters() {
            return this.inputClusters.map((id) => this.cluster(id));
        }
        getOutputClusters() {
            return this.outputClusters.map((id) => this.cluster(id));
        }
        getClusterAttributeValue(key, attributeKey) {
            const cluster = this.cluster(key);
            const attribute = attributeOf(cluster, attributeKey);
            return attribute && this.clusters[cluster.name]?.attributes[attribute.name];
        }
        saveClusterAttributeKeyValue(key, values) {
            const cluster = this.cluster(key);
            this.learn(cluster, values);
            const learned = {};
            for (const name of Object.keys(values)) {
                const value = values[name];
                if (value !== null && typeof value === "object") continue; // octets are not kept over a restart
                learned[attributeOf(cluster, name)?.ID ?? name] = typeof value === "bigint" ? Number(value) : value;
            }
            this.effect({op: "learn", cluster: cluster.ID, values: learned});
        }
        learn(cluster, values) {
            const known = (this.clusters[cluster.name] ??= {attributes: {}});
            Object.assign(known.attributes, values);
        }
        save() {
            this.effect({op: "remember", key: `endpoint.${this.ID}`, value: this.meta});
        }
        hasBind(cluster, target) {
            return this.getBindIndex(cluster, target) !== -1;
        }
        getBindIndex(cluster, target) {
            return this.binds.findIndex((bind) => bind.cluster.ID === cluster && bind.target === target);
        }
        addBinding(key, target) {
            this.links = [...this.links, {cluster: this.cluster(key).ID, ...address(target)}];
        }
        toString() {
            return `${this.deviceIeeeAddress}/${this.ID}`;
        }

        // ---- over the air ----

        effect(effect) {
            zigbus.effect({ieee: this.deviceIeeeAddress, endpoint: this.ID, ...effect});
        }
        ask(effect) {
            return zigbus.ask({ieee: this.deviceIeeeAddress, endpoint: this.ID, ...effect});
        }
        // Attributes of one request share one manufacturer code: their own, else that of the caller or the cluster.
        manufacturer(cluster, keys, options, action) {
            const fallback = options && "manufacturerCode" in options ? options.manufacturerCode : cluster.manufacturerCode;
            const codes = new Set(keys.map((key) => (typeof key === "object" ? fallback : (attributeOf(cluster, key)?.manufacturerCode ?? fallback))));
            if (codes.size > 1) throw new Error(`Cannot have attributes with different manufacturerCode in single '${action}' call`);
            return codes.size ? [...codes][0] : fallback;
        }
        records(cluster, values, options, check) {
            return Object.keys(values).map((key) => {
                const attribute = attributeOf(cluster, key, options?.manufacturerCode);
                if (attribute) return record(attribute.ID, attribute.type, check ? Zcl.Utils.processAttributeWrite(attribute, values[key]) : values[key]);
                if (Number.isNaN(Number(key))) throw unknown(cluster, key);
                return record(Number(key), values[key].type, values[key].value);
            });
        }
        async read(key, attributes, options) {
            const cluster = this.cluster(key, options?.manufacturerCode);
            const manufacturer = this.manufacturer(cluster, [...attributes], options, "read");
            const ids = [];
            for (const name of attributes) {
                const attribute = typeof name === "number" ? null : attributeOf(cluster, name, options?.manufacturerCode);
                if (attribute) Zcl.Utils.processAttributePreRead(attribute);
                if (attribute || typeof name === "number") ids.push(attribute ? attribute.ID : name);
                else zigbus.log("warning", `Ignoring unknown attribute ${name} in cluster ${cluster.name}`);
            }
            const answer = await this.ask({op: "read", cluster: cluster.ID, attributes: ids, manufacturer, timeout_ms: options?.timeout});
            return this.readAnswer(cluster, answer, manufacturer);
        }
        readAnswer(cluster, answer, manufacturer) {
            if (!answer) return {};
            const items = zigbus.decode(cluster.ID, READ_RESPONSE, answer, {specific: false, fromServer: true, manufacturer}, this.device.customClusters).payload;
            const refused = items.find(({status}) => status);
            if (refused) throw new Zcl.StatusError(refused.status);
            const values = zigbus.named(this.device, cluster, items, manufacturer);
            this.learn(cluster, values);
            return values;
        }
        async write(key, values, options) {
            const cluster = this.cluster(key, options?.manufacturerCode);
            const manufacturer = this.manufacturer(cluster, Object.keys(values), options, "write");
            const attributes = this.records(cluster, values, options, true);
            if (options?.writeUndiv || attributes.some(({type}) => COLLECTIONS.includes(type))) {
                await this.general(cluster, options?.writeUndiv ? "writeUndiv" : "write", attributes.map(asPayload), {...options, manufacturerCode: manufacturer});
            } else {
                await this.ask({op: "write", cluster: cluster.ID, attributes: attributes.map(onAir), manufacturer, timeout_ms: options?.timeout});
            }
        }
        async report(key, values, options) {
            const cluster = this.cluster(key, options?.manufacturerCode);
            await this.general(cluster, "report", this.records(cluster, values, options, false).map(asPayload), options);
        }
        async readResponse(key, sequence, values, options) {
            const cluster = this.cluster(key, options?.manufacturerCode);
            const payload = Object.keys(values).map((name) => {
                const attribute = attributeOf(cluster, name, options?.manufacturerCode);
                if (!attribute && Number.isNaN(Number(name))) throw unknown(cluster, name);
                const id = attribute ? attribute.ID : Number(name);
                const value = attribute ? values[name] : values[name].value;
                if (value === undefined) return {attrId: id, status: Zcl.Status.UNSUPPORTED_ATTRIBUTE};
                return {attrId: id, attrData: value, dataType: attribute ? attribute.type : values[name].type, status: 0};
            });
            await this.general(cluster, "readRsp", payload, {direction: Zcl.Direction.SERVER_TO_CLIENT, ...options, transactionSequenceNumber: sequence});
        }
        async writeResponse(key, sequence, values, options) {
            const cluster = this.cluster(key, options?.manufacturerCode);
            const payload = Object.keys(values).map((name) => ({attrId: attributeOf(cluster, name)?.ID ?? Number(name), status: values[name].status}));
            await this.general(cluster, "writeRsp", payload, {direction: Zcl.Direction.SERVER_TO_CLIENT, ...options, transactionSequenceNumber: sequence});
        }
        async defaultResponse(command, status, clusterId, sequence, options) {
            const payload = {cmdId: command, statusCode: status};
            await this.general(this.cluster(clusterId), "defaultRsp", payload, {direction: Zcl.Direction.SERVER_TO_CLIENT, ...options, transactionSequenceNumber: sequence});
        }
        async writeStructured(key, payload, options) {
            await this.general(this.cluster(key), "writeStructured", payload, options);
        }
        async configureReporting(key, items, options) {
            const cluster = this.cluster(key, options?.manufacturerCode);
            const manufacturer = this.manufacturer(cluster, items.map(({attribute}) => attribute), options, "configureReporting");
            const reports = items.map((item) => {
                const attribute = typeof item.attribute === "object" ? item.attribute : attributeOf(cluster, item.attribute, manufacturer);
                if (!attribute) throw new Error(`Invalid attribute '${item.attribute}' for cluster '${key}'`);
                const change = item.reportableChange;
                return {
                    attribute: attribute.ID, type: attribute.type, min_interval_s: item.minimumReportInterval, max_interval_s: item.maximumReportInterval,
                    change: typeof change === "bigint" ? Number(change) : (change ?? null),
                };
            });
            await this.ask({op: "report", cluster: cluster.ID, items: reports, manufacturer});
            const ids = reports.map(({attribute}) => attribute);
            const others = this.reportings.filter((entry) => entry.cluster !== cluster.ID || !ids.includes(entry.attribute));
            const now = reports.filter((entry) => entry.max_interval_s !== 0xffff);
            this.reportings = [...others, ...now.map((entry) => ({...entry, cluster: cluster.ID, reportable_change: entry.change, manufacturer}))];
        }
        async readReportingConfig(key, items, options) {
            const cluster = this.cluster(key, options?.manufacturerCode);
            const payload = items.map(({attribute, direction}) => ({direction: direction ?? 0, attrId: typeof attribute === "object" ? attribute.ID : attributeOf(cluster, attribute)?.ID}));
            return await this.general(cluster, "readReportConfig", payload, options);
        }
        async bind(key, target) {
            const cluster = this.cluster(key);
            await this.ask({op: "bind", cluster: cluster.ID, ...address(target)});
            this.addBinding(cluster.ID, target);
        }
        async unbind(key, target, force = false) {
            const cluster = this.cluster(key);
            const gone = this.binds[this.getBindIndex(cluster.ID, typeof target === "number" ? zigbus.group(target) : target)];
            if (!gone && !force) return; // nothing to undo
            await this.ask({op: "unbind", cluster: cluster.ID, ...address(target)});
            if (gone) this.links = this.links.filter((_, place) => this.binds[place] !== gone);
        }
        async command(key, commandKey, payload, options) {
            const cluster = this.cluster(key, options?.manufacturerCode);
            const command = Zcl.Utils.getClusterCommand(cluster, commandKey);
            return await this.specific(cluster, command, payload, {disableDefaultResponse: command.response !== undefined, direction: Zcl.Direction.CLIENT_TO_SERVER, ...options});
        }
        async commandResponse(key, commandKey, payload, options, sequence) {
            const cluster = this.cluster(key, options?.manufacturerCode);
            const command = Zcl.Utils.getClusterCommandResponse(cluster, commandKey);
            const wanted = {disableDefaultResponse: true, direction: Zcl.Direction.SERVER_TO_CLIENT, ...options, transactionSequenceNumber: sequence, disableResponse: true};
            await this.specific(cluster, command, payload, wanted);
        }
        async specific(cluster, command, payload, options) {
            const manufacturer = "manufacturerCode" in options ? options.manufacturerCode : cluster.manufacturerCode;
            const expects = command.response !== undefined && !options.disableResponse;
            const answer = await this.ask({
                op: "invoke", cluster: cluster.ID, command: command.ID, payload: zigbus.encode(cluster, command, payload, true, this.device.customClusters),
                manufacturer, disable_default_response: Boolean(options.disableDefaultResponse), to_client: options.direction === Zcl.Direction.SERVER_TO_CLIENT,
                sequence: options.transactionSequenceNumber, timeout_ms: options.timeout, expects_response: expects, unanswered: Boolean(options.disableResponse),
            });
            if (!answer) return undefined;
            const answered = Zcl.Utils.getClusterCommandResponse(cluster, command.response);
            return zigbus.decode(cluster.ID, answered.ID, answer, {specific: true, fromServer: true, manufacturer}, this.device.customClusters).payload;
        }
        async general(cluster, name, payload, options) {
            const command = Zcl.Utils.getGlobalCommand(name);
            const answer = await this.ask({
                op: "general", cluster: cluster.ID, command: command.ID, payload: zigbus.encode(cluster, command, payload, false),
                manufacturer: options && "manufacturerCode" in options ? options.manufacturerCode : cluster.manufacturerCode,
                to_client: options?.direction === Zcl.Direction.SERVER_TO_CLIENT, sequence: options?.transactionSequenceNumber,
                expects_response: command.response !== undefined && !options?.disableResponse,
                disable_default_response: options?.disableDefaultResponse ?? true,
            });
            return answer ? zigbus.decode(cluster.ID, command.response, answer, {specific: false}, {}).payload : undefined;
        }
        async zclCommand(key, commandKey, payload, options, _log, _check, frameType = Zcl.FrameType.GLOBAL) {
            const cluster = this.cluster(key, options?.manufacturerCode);
            if (frameType === Zcl.FrameType.GLOBAL) return await this.general(cluster, typeof commandKey === "object" ? commandKey.name : commandKey, payload, options);
            const command = typeof commandKey === "object" ? commandKey : Zcl.Utils.getClusterCommand(cluster, commandKey);
            return await this.specific(cluster, command, payload, {disableDefaultResponse: command.response !== undefined, direction: Zcl.Direction.CLIENT_TO_SERVER, ...options});
        }
        async zclCommandBroadcast(endpoint, destination, key, commandKey, payload, options) {
            const cluster = this.cluster(key, options?.manufacturerCode);
            const command = Zcl.Utils.getClusterCommand(cluster, commandKey);
            await this.ask({
                op: "broadcast", destination, to_endpoint: endpoint, cluster: cluster.ID, command: command.ID,
                payload: zigbus.encode(cluster, command, payload, true), manufacturer: options && "manufacturerCode" in options ? options.manufacturerCode : cluster.manufacturerCode,
            });
        }
        async addToGroup(group) {
            await this.ask({op: "membership", group: group.groupID, add: true});
        }
        async removeFromGroup(group) {
            await this.ask({op: "membership", group: typeof group === "number" ? group : group.groupID, add: false});
        }
        async removeFromAllGroups() {
            await this.ask({op: "membership", group: null, add: false});
        }
    }

    const asPayload = ({id, type, value}) => ({attrId: id, dataType: type, attrData: value});
    const onAir = ({id, type, octets}) => ({id, type, octets});
    // collections go out as a frame of their own making: the bus has no form for them that is written
    const COLLECTIONS = [Zcl.DataType.ARRAY, Zcl.DataType.STRUCT, Zcl.DataType.SET, Zcl.DataType.BAG];

    function address(target) {
        if (typeof target === "number") return {group: target};
        if (target instanceof Group) return {group: target.groupID};
        return target.device === zigbus.coordinator ? {} : {target: target.deviceIeeeAddress, target_endpoint: target.ID};
    }

    class Device {
        constructor(ieee) {
            this.ieeeAddr = ieee;
            this.customClusters = {};
            this.meta = {};
            this.endpoints = [];
            this.skipDefaultResponse = false;
            this.customReadResponse = undefined;
            this.kept = {}; // "endpoint/cluster" -> attribute values by number, whose names are not known yet
        }

        // The coordinator's address is known only with its first device; with another stick it is another one.
        moveTo(ieee) {
            this.ieeeAddr = ieee;
            for (const endpoint of this.endpoints) endpoint.deviceIeeeAddress = ieee;
        }

        // Takes descriptors as the service has them; endpoints that are still there stay the same objects.
        describe(facts) {
            this.networkAddress = facts.nwk;
            this.type = TYPES[facts.logical_type] ?? "Unknown";
            this.interviewState = INTERVIEW[facts.interview];
            this.manufacturerID = facts.manufacturer_code ?? undefined;
            this.manufacturerName = facts.manufacturer ?? undefined;
            this.modelID = facts.model ?? undefined;
            this.dateCode = facts.date_code ?? undefined;
            this.powerSourceFrom(facts.power_source);
            this.softwareBuildID = facts.software_build ?? undefined;
            this.zclVersion = facts.zcl_version ?? undefined;
            this.applicationVersion = facts.application_version ?? undefined;
            this.stackVersion = facts.stack_version ?? undefined;
            this.hardwareVersion = facts.hardware_version ?? undefined;
            this.lastSeen = facts.last_seen_s ? facts.last_seen_s * 1000 : undefined;
            const before = new Map(this.endpoints.map((endpoint) => [endpoint.ID, endpoint]));
            this.endpoints = Object.keys(facts.endpoints ?? {}).map((id) => {
                const known = before.get(Number(id));
                const fresh = new Endpoint(this, Number(id), facts.endpoints[id]);
                return known ? Object.assign(known, {...fresh, clusters: known.clusters, meta: known.meta}) : fresh;
            });
        }
        powerSourceFrom(value) {
            this.powerSource = value == null ? undefined : typeof value === "number" ? (POWER_SOURCES[value & 0x7f] ?? "Unknown") : value;
        }
        get genBasic() {
            return this.endpoints.find((endpoint) => endpoint.clusters.genBasic)?.clusters.genBasic.attributes ?? {};
        }
        get pendingRequestTimeout() {
            return 0; // the service keeps requests for sleeping devices, see behaviour 7.10
        }
        set pendingRequestTimeout(_) {}
        get checkinInterval() {
            return this.checkin;
        }
        set checkinInterval(seconds) {
            this.checkin = seconds;
            zigbus.effect({ieee: this.ieeeAddr, op: "remember", key: "checkin_interval_s", value: seconds});
        }
        get isDeleted() {
            return devices.get(this.ieeeAddr) !== this;
        }
        getEndpoint(id) {
            return this.endpoints.find((endpoint) => endpoint.ID === id);
        }
        createEndpoint(id) {
            const endpoint = new Endpoint(this, id, {});
            this.endpoints.push(endpoint);
            return endpoint;
        }
        updateGenBasic(values) {
            for (const [name, field] of Object.entries(BASIC_FIELDS)) {
                if (values[name] === undefined) continue;
                if (name === "powerSource") this.powerSourceFrom(values[name]);
                else this[field] = values[name];
            }
        }
        addCustomCluster(name, cluster) {
            const base = Zcl.Utils.isClusterName(name) ? (this.customClusters[name] ?? Zcl.Clusters[name]) : {};
            this.customClusters[name] = {
                ...cluster,
                attributes: {...base.attributes, ...cluster.attributes},
                commands: {...base.commands, ...cluster.commands},
                commandsResponse: {...base.commandsResponse, ...cluster.commandsResponse},
            };
            zigbus.changed(this);
            this.recall(cluster.ID);
        }
        // Gives names to values that an earlier life of the service heard: now, and again when a cluster gets names.
        recall(clusterId) {
            for (const [place, values] of Object.entries(this.kept)) {
                const [endpointId, id] = place.split("/").map(Number);
                const endpoint = this.getEndpoint(endpointId);
                if (!endpoint || (clusterId !== undefined && id !== clusterId)) continue;
                const cluster = endpoint.cluster(id);
                const named = {};
                for (const [key, value] of Object.entries(values)) {
                    const attribute = Number.isNaN(Number(key)) ? null : (attributeOf(cluster, Number(key)) ?? attributeOf(cluster, Number(key), this.manufacturerID));
                    named[attribute ? attribute.name : key] = value;
                }
                endpoint.clusters[cluster.name] = {attributes: {...named, ...endpoint.clusters[cluster.name]?.attributes}};
            }
        }
        save() {
            zigbus.effect({ieee: this.ieeeAddr, op: "remember", key: "device", value: this.meta});
        }
        implicitCheckin() {}
        updateLastSeen() {
            this.lastSeen = zigbus.now;
        }
        async ping() {
            await this.endpoints[0].read("genBasic", ["zclVersion"]);
        }
        async removeFromNetwork() {
            await zigbus.ask({ieee: this.ieeeAddr, op: "leave"});
        }
        async clearAllBindings() {
            for (const endpoint of this.endpoints) for (const {cluster, target} of endpoint.binds) await endpoint.unbind(cluster.ID, target);
        }
        async interview() {
            await zigbus.ask({ieee: this.ieeeAddr, op: "interview"});
        }
    }

    class Group {
        constructor(id) {
            this.groupID = id;
            this.meta = {};
            this.list = []; // [ieee, endpoint]
        }
        get members() {
            return this.list.flatMap(([ieee, endpoint]) => devices.get(ieee)?.getEndpoint(endpoint) ?? []);
        }
        get customClusters() {
            const first = this.members[0]?.device.customClusters ?? {};
            const shared = Object.keys(first).filter((name) => this.members.every((member) => name in member.device.customClusters));
            const common = Object.fromEntries(shared.map((name) => [name, first[name]]));
            return [common, common];
        }
        hasMember(endpoint) {
            return this.members.includes(endpoint);
        }
        save() {
            zigbus.effect({op: "remember_group", group: this.groupID, value: this.meta});
        }
        cluster(key, options) {
            const member = this.members[0];
            return member ? member.cluster(key, options?.manufacturerCode) : Zcl.Utils.getCluster(key, options?.manufacturerCode, {});
        }
        send(cluster, command, payload, options, specific) {
            return zigbus.ask({
                op: "groupcast", group: this.groupID, cluster: cluster.ID, command: command.ID, payload: zigbus.encode(cluster, command, payload, specific), general: !specific,
                manufacturer: options && "manufacturerCode" in options ? options.manufacturerCode : cluster.manufacturerCode,
            });
        }
        async command(key, commandKey, payload, options) {
            const cluster = this.cluster(key, options);
            await this.send(cluster, Zcl.Utils.getClusterCommand(cluster, commandKey), payload, options, true);
        }
        async write(key, values, options) {
            const cluster = this.cluster(key, options);
            const records = Endpoint.prototype.records.call(this, cluster, values, options, true).map(asPayload);
            await this.send(cluster, Zcl.Utils.getGlobalCommand("write"), records, options, false);
        }
        async read(key, attributes, options) {
            const cluster = this.cluster(key, options);
            const ids = [...attributes].map((name) => ({attrId: typeof name === "number" ? name : attributeOf(cluster, name)?.ID})).filter(({attrId}) => attrId !== undefined);
            await this.send(cluster, Zcl.Utils.getGlobalCommand("read"), ids, options, false);
        }
    }

    const groups = new Map();
    zigbus.group = (id) => {
        if (!groups.has(id)) groups.set(id, new Group(id));
        return groups.get(id);
    };
    zigbus.classes = {Device, Endpoint, Group};
    zigbus.coordinator = new Device("0x0000000000000000");
    zigbus.coordinator.describe({nwk: 0, logical_type: "coordinator", interview: "successful", endpoints: {1: {profile: 0x0104, device_type: 5}}});
})();
