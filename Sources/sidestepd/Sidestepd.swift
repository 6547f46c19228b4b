@main
struct Sidestepd {
    static func main() {}
}
