import DequeModule

/// Makes one event out of the changes that an instance goes through within a window. The first change of an instance
/// that was quiet is told at once; what follows within the window waits for its end, and only the difference to what
/// was told is told then. Where it is declared so, the first change waits, too. Pure: time is a parameter. Its laws are
/// proved in `CoalescerTests`.
///
/// Each operation costs what it is given or tells. It remembers an instance for one window after it was told of, at
/// most `capacity` of them; while there are more, the changes of others pass as they are.
package struct Coalescer: Sendable {
    private struct Entry {
        /// What watchers know of the instance.
        var told: VisibleChange
        /// Whether it is only known that they know the instance, and not how it was.
        var isGuessed = false
        let due: Duration
        var held: Held?
    }

    private struct Held {
        let change: VisibleChange
        let occasion: Occasion
        let order: UInt64
    }

    /// How changes were heard of.
    package struct Occasion: Sendable, Hashable {
        package let observed: UnixTime
        package let cause: Cause
        package let isFirstWord: Bool

        package init(observed: UnixTime, cause: Cause, isFirstWord: Bool = false) {
            self.observed = observed
            self.cause = cause
            self.isFirstWord = isFirstWord
        }
    }

    /// What is told together, in this order.
    package typealias Step = (changes: [VisibleChange], occasion: Occasion)

    /// How changes are put together.
    package struct Policy: Sendable, Equatable {
        package let window: Duration
        /// Whether the first change of a quiet instance waits as well: then what goes and comes back within the window
        /// is one event, and a lone change is late by a window.
        package let holdsFirst: Bool

        package init(window: Duration, holdsFirst: Bool = false) {
            self.window = window
            self.holdsFirst = holdsFirst
        }
    }

    package let policy: Policy
    /// How many instances are remembered; while there are more, the changes of others pass as they are.
    package var capacity: Int
    private var entries: [InstancePlace: Entry] = [:]
    /// The entries by their time, and some that are no longer there.
    private var order: Deque<(place: InstancePlace, due: Duration)> = []
    /// Instances that have come or gone without a word.
    private var moved: Set<InstancePlace> = []
    private var admitted: UInt64 = 0
    /// How many changes were never told, because a later one took their place or took them back.
    package private(set) var folded = 0

    /// Nothing is held yet. `capacity` bounds how many instances are remembered.
    package init(_ policy: Policy, capacity: Int) {
        self.policy = policy
        self.capacity = capacity
    }

    package var window: Duration { policy.window }

    /// When `due` may have something to do; nil while nothing is remembered.
    package var nextDue: Duration? { order.first?.due }

    /// Takes in what has changed; gives those of the changes that are told at once.
    package mutating func admit(
        _ changes: [VisibleChange], _ occasion: Occasion, at now: Duration
    ) -> [VisibleChange] {
        forget(until: now)
        admitted += 1
        return changes.filter { change in
            let place = change.place
            guard let entry = entries[place], entry.held != nil || entry.due > now else {
                guard policy.holdsFirst, order.count < capacity else {
                    remember(change, place, at: now)
                    return true
                }
                remember(change.before, place, at: now, isGuessed: true)
                hold(Held(change: change, occasion: occasion, order: admitted), place)
                return false
            }
            hold(Held(change: change, occasion: occasion, order: admitted), place)
            return false
        }
    }

    /// What is to be told because its window has ended.
    package mutating func due(at now: Duration) -> [Step] {
        var ended: [Held] = []
        while let first = order.first, first.due <= now {
            order.removeFirst()
            guard let entry = entries[first.place], entry.due == first.due else { continue }
            entries[first.place] = nil
            guard let held = release(entry, first.place) else { continue }
            remember(held.change, first.place, at: now)
            ended.append(held)
        }
        return Coalescer.steps(ended)
    }

    /// What is to be told before somebody takes the present state for what was told: every coming and going.
    package mutating func comingsAndGoings() -> [Step] {
        guard !moved.isEmpty else { return [] }
        var ended: [Held] = []
        for place in moved {
            guard var entry = entries[place], let held = release(entry, place) else { continue }
            (entry.told, entry.isGuessed) = (held.change, false)
            entry.held = nil
            entries[place] = entry
            ended.append(held)
        }
        return Coalescer.steps(ended)
    }

    /// Everything that is held.
    package mutating func everything() -> [Step] {
        let ended = entries.compactMap { release($0.value, $0.key) }
        entries = [:]
        order = []
        return Coalescer.steps(ended)
    }

    private mutating func remember(
        _ told: VisibleChange, _ place: InstancePlace, at now: Duration, isGuessed: Bool = false
    ) {
        guard order.count < capacity else {
            entries[place] = nil
            return
        }
        entries[place] = Entry(told: told, isGuessed: isGuessed, due: now + window)
        order.append((place, now + window))
    }

    private mutating func hold(_ held: Held, _ place: InstancePlace) {
        if entries[place]?.held != nil { folded += 1 }
        entries[place]?.held = held
        let isMoved = entries[place].map { $0.told.isEnd != held.change.isEnd } ?? false
        if isMoved { moved.insert(place) } else { moved.remove(place) }
    }

    /// Takes out what an entry holds, as the difference to what was told.
    private mutating func release(_ entry: Entry, _ place: InstancePlace) -> Held? {
        guard let held = entry.held else { return nil }
        moved.remove(place)
        guard let change = held.change.since(entry.told, isGuessed: entry.isGuessed) else {
            folded += 1
            return nil
        }
        return Held(change: change, occasion: held.occasion, order: held.order)
    }

    /// Forgets instances that have been quiet for a window.
    private mutating func forget(until now: Duration) {
        while let first = order.first, first.due <= now {
            if let entry = entries[first.place], entry.due == first.due {
                guard entry.held == nil else { return }
                entries[first.place] = nil
            }
            order.removeFirst()
        }
    }

    private static func steps(_ held: [Held]) -> [Step] {
        var steps: [Step] = []
        var last: UInt64?
        for held in held.sorted(by: { $0.order < $1.order }) {
            if held.order == last {
                steps[steps.count - 1].changes.append(held.change)
            } else {
                steps.append(([held.change], held.occasion))
            }
            last = held.order
        }
        return steps
    }
}

extension VisibleChange {
    fileprivate var isEnd: Bool { action == .delete }

    /// What somebody has heard of the instance who knows all but this.
    fileprivate var before: VisibleChange {
        VisibleChange(
            action: action == .create ? .delete : .update, microservice: microservice, canonicalID: canonicalID,
            instance: instance, source: formerSource ?? source)
    }

    /// The same news for somebody who heard another change of the instance last; nil when that comes to nothing. What
    /// is only guessed of the other one is that it was no end.
    fileprivate func since(_ told: VisibleChange, isGuessed: Bool) -> VisibleChange? {
        switch (told.isEnd, isEnd) {
        case (true, true): nil
        case (true, false):
            VisibleChange(
                action: .create, microservice: microservice, canonicalID: canonicalID, instance: instance,
                source: source)
        case (false, true):
            VisibleChange(
                action: .delete, microservice: microservice, canonicalID: canonicalID, instance: instance,
                source: told.source)
        case (false, false) where !isGuessed && shows(as: told): nil
        case (false, false):
            VisibleChange(
                action: .update, microservice: microservice, canonicalID: canonicalID, instance: instance,
                source: source, formerSource: told.source == source ? nil : told.source)
        }
    }

    private func shows(as other: VisibleChange) -> Bool {
        instance.digest == other.instance.digest && source == other.source && canonicalID == other.canonicalID
    }
}
