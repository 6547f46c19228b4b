// Made by `make generate` of the folder Page; do not edit.

/// The files of the page.
enum PageFiles {
    // swift-format-ignore
    static let all: [(name: String, bytes: [UInt8])] = [
        ("index.html", PackageResources.index_html),
    ]
}
