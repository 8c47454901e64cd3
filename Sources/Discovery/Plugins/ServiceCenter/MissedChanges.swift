import Registry

/// Finds the changes that an upstream should have told and did not. Pure.
///
/// While a watch stands, a change that a read finds and no frame has told is a suspect: the frame may only be late.
/// What a later read still finds untold was missed. The first read after a watch stands is not asked: it brings what
/// happened before.
struct MissedChanges {
    /// How long a frame may take. Rule: a service-center waits for 300 ms of quiet before it sends.
    static let patience = Duration.seconds(5)

    /// The watches that stood at some moment, each with its number.
    typealias Standing = [ObservedPart: Int]

    private struct Suspect {
        let part: ObservedPart
        let since: Duration
    }

    private(set) var standing: Standing = [:]
    /// The parts of which a whole read was made while their watch stood.
    private var isRead: Set<ObservedPart> = []
    private var suspects: [InstanceRef: Suspect] = [:]
    private var count = 0

    /// A watch stands from now on.
    mutating func stands(_ part: ObservedPart) {
        count += 1
        standing[part] = count
        isRead.remove(part)
    }

    /// A watch stands no longer: what it may have told is not known any more.
    mutating func ended(_ part: ObservedPart) {
        standing[part] = nil
        isRead.remove(part)
        suspects = suspects.filter { $0.value.part != part }
    }

    /// A frame has told of an instance.
    mutating func told(_ instance: InstanceRef) { suspects[instance] = nil }

    /// A whole read, begun when these watches stood, has changed these instances. Returns how many changes were missed
    /// before it.
    mutating func read(
        _ changed: [(InstanceRef, ObservedPart)], begunWith begun: Standing, at now: Duration
    ) -> Int {
        let missed = suspects.filter { now - $0.value.since >= MissedChanges.patience }
        for instance in missed.keys { suspects[instance] = nil }
        for (instance, part) in changed where isRead.contains(part) && standing[part] == begun[part] {
            suspects[instance] = Suspect(part: part, since: now)
        }
        for (part, number) in begun where standing[part] == number { isRead.insert(part) }
        return missed.count
    }
}
