/// What a piece of work does to the space on the disk: on a full one, what grows gives way to what frees.
public enum SpaceUse: Sendable {
    /// It writes what was not there.
    case grows
    /// It writes down what has happened or ends something: little, and better not lost.
    case records
    /// It makes room, or leads to that.
    case frees
}
