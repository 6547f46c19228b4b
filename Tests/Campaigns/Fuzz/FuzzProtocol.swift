// The fuzzer's entry: any bytes a client could send, held against what must be true of the answer.
// Built by Tests/Campaigns/Fuzz/run together with the sources of SidestepModel and SidestepProtocol as one module.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    var limits = Limits()
    limits.depth = 100
    limits.batchLength = 8
    limits.nameBytes = 32
    if let value = try? RawJSON(parsing: bytes, limits: limits) { checkValue(value, limits) }
    checkFrame(bytes, limits)
    return 0
}

/// What the scanner accepts reads back as itself.
private func checkValue(_ value: RawJSON, _ limits: Limits) {
    precondition(String(validating: value.bytes, as: UTF8.self) != nil)
    let compact = value.compact
    precondition(compact.compact == compact)
    precondition((try? JSONScanner.validate(compact.bytes, depth: limits.depth)) != nil)
    precondition(compact.kind == value.kind)
    checkParts(value, compact)
    checkScalar(value, limits)
}

/// The parts of a value are values, and written together they are the value.
private func checkParts(_ value: RawJSON, _ compact: RawJSON) {
    var writer = JSONWriter(capacity: value.bytes.count)
    if value.kind == .array {
        writer.beginArray()
        for element in value.elements { writer.raw(element.compact) }
        writer.endArray()
        precondition(writer.bytes[...] == compact.bytes)
    }
    guard value.kind == .object else { return }
    for (key, member) in value.members {
        precondition((try? JSONScanner.validate(member.bytes, depth: 100)) != nil)
        precondition(value[key] != nil)
    }
}

private func checkScalar(_ value: RawJSON, _ limits: Limits) {
    if value.kind == .string {
        guard let text = value.string else { preconditionFailure("a string without text") }
        precondition(RawJSON.string(text).string == text)
    }
    if let integer = value.integer { precondition(Int64(value.text) == integer) }
    if value.kind == .bool { precondition(value.bool != nil) }
}

/// A frame is always answered by something, and good parameters have every value they promise.
private func checkFrame(_ bytes: [UInt8], _ limits: Limits) {
    switch FrameParser.parse(bytes[...], limits: limits) {
    case .single(let item): checkItem(item, limits)
    case .batch(let items):
        precondition(!items.isEmpty && items.count <= limits.batchLength)
        for item in items { checkItem(item, limits) }
    }
}

private func checkItem(_ item: FrameItem, _ limits: Limits) {
    guard case .request(let request) = item else { return }
    var writer = JSONWriter()
    writer.request(id: request.id, method: request.method, params: request.params)
    guard case .single(.request(let again)) = FrameParser.parse(writer.bytes[...], limits: limits) else {
        preconditionFailure("a request did not come back")
    }
    precondition(again == request)
    // Any method's check must hold against any parameters, so the name does not have to be guessed.
    for method in MethodTable.all where method.name.utf8.count % 4 == request.method.utf8.count % 4 {
        guard let params = try? Params(validating: request.params, against: method, limits: limits) else {
            continue
        }
        for parameter in method.parameters where parameter.required {
            precondition(params.has(parameter.name))
        }
        for parameter in method.parameters { touch(params, parameter.name) }
    }
}

private func touch(_ params: Params, _ name: String) {
    _ = params.object(name)
    _ = params.stringMap(name)
    _ = (
        params.string(name), params.integer(name), params.number(name), params.strings(name),
        params.integers(name)
    )
}
