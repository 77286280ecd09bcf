// node:string_decoder as far as iconv-lite uses it: whole texts, never a part of one.
const {Buffer} = require("buffer");

class StringDecoder {
    constructor(encoding) {
        this.encoding = encoding;
    }
    write(bytes) {
        return Buffer.from(bytes).toString(this.encoding);
    }
    end(bytes) {
        return bytes ? this.write(bytes) : "";
    }
}
exports.StringDecoder = StringDecoder;
