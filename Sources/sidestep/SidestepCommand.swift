@main
struct SidestepCommand {
    static func main() {}
}
