import Glibc
import Sidestep

/// Places an order: charge, reserve, ask a person when it is large, ship.
///
///     sidestep-example-orders ORDER TOTAL ITEM,ITEM EFFECTS [DELAY_SECONDS]
///
/// Kill it at any moment and start it again with the same arguments: it goes on where it was. A large order waits for
/// `sidestep approve ORDER approval` (or `--deny`), over kills. An order that fails gives back what it took.
@main
struct Orders {
    static func main() async {
        let words = CommandLine.arguments.dropFirst().map { $0 }
        guard (4...5).contains(words.count), let total = Int(words[1]) else {
            print("usage: sidestep-example-orders ORDER TOTAL ITEM,ITEM EFFECTS [DELAY_SECONDS]")
            exit(64)
        }
        let order = Order(
            id: words[0], items: words[2].split(separator: ",").map(String.init), total: total)
        let delay = words.count == 5 ? Double(words[4]) ?? 0 : 0
        do {
            let client = try await SidestepClient.connect()
            let place = PlaceOrder(world: World(effects: words[3], delay: .seconds(delay)))
            let receipt = try await client.execute(place, run: order.id, input: order)
            print("shipped: \(receipt.parcel), paid by \(receipt.payment)")
        } catch let refused as OrderRefused {
            print("refused: \(refused)")
            exit(1)
        } catch {
            print("stopped: \(error)")
            exit(2)
        }
    }
}
