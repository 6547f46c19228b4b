/// A text with what is volatile in it masked, and where in the text each of its bytes stands.
struct MaskedText {
    let text: [UInt8]
    private(set) var bytes: [UInt8] = []
    /// Nil where nothing is masked: each byte stands where it stood.
    private var places: [Int]?

    init(_ text: String, _ kinds: VolatileKinds) {
        self.text = Array(text.utf8)
        if kinds.isEmpty {
            bytes = self.text
            return
        }
        places = []
        let volatile = VolatileText(kinds)
        var place = 0
        while let found = volatile.next(in: self.text, from: place) {
            add(place..<found.start)
            for byte in [VolatileText.sign, found.mark] { add(byte, found.start) }
            place = found.end
        }
        add(place..<self.text.count)
    }

    private mutating func add(_ plain: Range<Int>) {
        for place in plain { add(text[place], place) }
    }

    private mutating func add(_ byte: UInt8, _ place: Int) {
        bytes.append(byte)
        places?.append(place)
    }

    /// Where a byte stands in the text; its end for the one past the last.
    func place(of index: Int) -> Int {
        guard let places else { return index }
        return index < places.count ? places[index] : text.count
    }
}
