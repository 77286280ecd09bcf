'use strict';
// One device (or group) as a bridge around zigbee-herdsman-converters drives it: frames in, payloads and radio requests
// out. zigbee-herdsman itself parses and builds the frames. Only the rules of our contract are written here.

const NEVER_CACHED = new RegExp(
    '^(action|action_.*|button|button_left|button_right|click|duration|elapsed|forgotten|from_side|group_capacity|' +
        'group_list|illuminance_lux|keyerror|no_occupancy_since|step_mode|step_size|to_side|transition_time)$',
);
const LAMP_KEYS = ['state', 'brightness', 'brightness_percent'];

class Bridge {
    constructor(world, device, definition, options) {
        this.world = world;
        this.device = device;
        this.definition = definition;
        this.options = options;
        this.state = {};
        this.published = [];
        this.failures = [];
        this.missing = new Set(); // endpoints that the definition asked for in vain
        const known = device.getEndpoint.bind(device);
        device.getEndpoint = (number) => known(number) ?? (this.missing.add(number), undefined);
    }

    get names() {
        return this.definition.endpoint ? this.definition.endpoint(this.device) : {};
    }

    exposes() {
        const {exposes} = this.definition;
        return typeof exposes === 'function' ? exposes(this.device, this.options) : exposes;
    }

    endpoint(name) {
        const number = name === undefined ? this.names.default : this.names[name];
        return number === undefined ? this.device.endpoints[0] : this.device.getEndpoint(number);
    }

    publish(payload) {
        const plain = JSON.parse(JSON.stringify(payload));
        if (Object.keys(plain).length === 0) return;
        this.published.push(plain);
        this.state = merged(this.state, plain);
    }

    // ---- from the device -------------------------------------------------------------------------------------------

    async hear(message) {
        const {definition, options, device} = this;
        const converters = definition.fromZigbee.filter(
            (c) => c.cluster === message.cluster && [].concat(c.type).includes(message.type),
        );
        const publish = async (payload) => {
            this.world.zhc.postProcessConvertedFromZigbeeMessage(definition, payload, options, device);
            this.publish(payload);
        };
        const meta = {device, logger: this.world.logger, state: this.state, deviceExposesChanged: () => {}};
        let payload = {};
        for (const converter of converters) {
            try {
                const converted = await converter.convert(definition, {...message, device}, publish, options, meta);
                if (converted) payload = {...payload, ...converted};
            } catch (error) {
                this.failures.push(String(error?.message ?? error));
            }
        }
        if (Object.keys(payload).length) await publish(payload);
    }

    // ---- to the device ---------------------------------------------------------------------------------------------

    async command(way, message, topicEndpoint) {
        const target = this.endpoint(topicEndpoint);
        const names = Object.keys(this.names).filter((name) => name !== 'default');
        const suffix = new RegExp(`^(.*?)_(${names.join('|')})$`);
        const used = new Map();
        const result = {};
        for (const key of inOrder(message)) {
            const found = names.length ? key.match(suffix) : null;
            const name = found ? found[2] : topicEndpoint;
            const bare = found ? found[1] : key;
            const entity = found ? this.endpoint(name) : target;
            const converter = this.definition.toZigbee.find(
                (c) => (!c.key || c.key.includes(bare)) && (!c.endpoints || (name && c.endpoints.includes(name))),
            );
            const taken = used.get(entity.ID) ?? used.set(entity.ID, new Set()).get(entity.ID);
            if (way === 'set' && converter && taken.has(converter)) continue;
            const convert = converter?.[way === 'set' ? 'convertSet' : 'convertGet'];
            if (!convert) {
                this.failures.push(`no converter for ${bare}`);
                continue;
            }
            const done = await this.convert(converter, way, entity, bare, message[key], this.meta(message, name));
            Object.assign(result, this.suffixed(done?.state, name));
            taken.add(converter);
        }
        if (Object.keys(result).length) this.publish(result);
    }

    async convert(converter, way, entity, key, value, meta) {
        try {
            if (way === 'set') return await converter.convertSet(entity, key, value, meta);
            await converter.convertGet(entity, key, meta);
        } catch (error) {
            this.failures.push(String(error?.message ?? error));
        }
        return undefined;
    }

    meta(message, name) {
        const own = {...message};
        if (name !== undefined) {
            for (const [key, value] of Object.entries(message)) {
                if (!key.endsWith(name)) continue;
                delete own[key];
                own[key.slice(0, -name.length - 1)] = value;
            }
        }
        return {
            endpoint_name: name,
            options: this.options,
            message: own,
            device: this.device,
            state: this.state,
            membersState: undefined,
            mapped: this.definition,
            deviceExposesChanged: () => {},
            publish: (payload) => this.publish(payload),
        };
    }

    suffixed(state, name) {
        if (!state || !name) return state ?? {};
        return Object.fromEntries(Object.entries(state).map(([key, value]) => [`${key}_${name}`, value]));
    }

    // ---- life ------------------------------------------------------------------------------------------------------

    async event(type, more = {}) {
        const data = {
            device: this.device,
            options: this.options,
            state: this.state,
            deviceExposesChanged: () => {},
            ...more,
        };
        try {
            await this.definition.onEvent?.({type, data});
        } catch (error) {
            this.failures.push(String(error?.message ?? error));
        }
    }

    async configure() {
        try {
            await this.definition.configure?.(this.device, this.world.coordinatorEndpoint, this.definition);
        } catch (error) {
            this.failures.push(String(error?.message ?? error));
        }
    }
}

// Keys in the order they are carried out: what switches a lamp first, or last where it goes off.
function inOrder(message) {
    const lamp = Object.keys(message).filter((key) => LAMP_KEYS.includes(key));
    const rest = Object.keys(message).filter((key) => !LAMP_KEYS.includes(key));
    const off = typeof message.state === 'string' && message.state.toLowerCase() === 'off';
    return off ? [...rest, ...lamp] : [...lamp, ...rest];
}

function merged(state, payload) {
    const result = {...state};
    for (const [key, value] of Object.entries(payload)) {
        if (NEVER_CACHED.test(key)) continue;
        const both = isObject(value) && isObject(result[key]);
        result[key] = both ? {...result[key], ...value} : value;
    }
    return result;
}

function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

module.exports = {Bridge};
