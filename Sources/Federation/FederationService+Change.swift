package import Discovery
package import Registry

/// How a federation becomes another one while it runs.
extension FederationService {
    /// Changes who belongs to it; called by one caller at a time, while it runs. Sources that stay are not touched.
    ///
    /// Who is declared no more ends, and what it said is withdrawn. Who takes the place of another one begins when that
    /// one has ended; what that one said stays until the new one has spoken. Throws when a new source cannot open what
    /// it keeps: then nothing is changed. Gives those that could not go on where another one has ended: they stand
    /// still, with what was said there, until the next change fills their places anew.
    package func apply(_ change: FederationChange) async throws(StateFailure) -> [SourceID: StateFailure] {
        let old = roster.members
        let seats = change.seats.map { seat in
            var seat = seat
            if let former = seat.former, old.halted.contains(former) { seat.stays = false }
            return seat
        }
        let opened = try await open(seats)
        let names = renamings(seats)
        let staying = Set(seats.filter(\.stays).map(\.source.profile.id))
        await end(old, but: staying, former: Set(seats.compactMap(\.former)))
        let failures = rename(names)
        var runners: [SourceID: SourceRunner] = [:]
        var fresh: [SourceRunner] = []
        for seat in seats {
            let id = seat.source.profile.id
            let kept = seat.former.flatMap { old.runners[$0] }
            if seat.stays, let kept {
                runners[id] = kept
            } else {
                let runner = makeRunner(seat.source, change.policies[id])
                runners[id] = runner
                fresh.append(runner)
            }
        }
        registry.reorganise(
            Precedence.leading(change.home, seats.map(\.source.profile.id)), names: names,
            fresh: fresh.map { SourceStatus($0.source.profile, since: clock.now()) }, merging: change.merging)
        let halted = await begin(seats, fresh, opened, old, failures)
        // Who has ended there keeps what the next one goes on with, and refuses what is asked of it.
        for seat in seats where halted[seat.source.profile.id] != nil {
            runners[seat.source.profile.id] = seat.former.flatMap { old.runners[$0] }
        }
        for (id, policy) in change.policies { await runners[id]?.adopt(policy) }
        var members = Roster.Members(
            runners, home: change.home.flatMap { runners[$0]?.source as? any Home }, merging: change.merging)
        members.halted = Set(halted.keys)
        roster.replace(with: members, starting: fresh.filter { halted[$0.source.profile.id] == nil })
        if let history = change.history {
            registry.adopt(history)
            await journal.keep(atMost: history.journalEntries)
        }
        return halted
    }

    /// Has new sources open what they keep.
    private func open(_ seats: [FederationChange.Seat]) async throws(StateFailure) -> [SourceID: RegistryDelta] {
        var opened: [SourceID: RegistryDelta] = [:]
        var open: [any Source] = []
        do throws(StateFailure) {
            for (from, to) in renamings(seats) { try state?.checkRenaming(from, to: to) }
            for seat in seats where seat.former == nil {
                open.append(seat.source)
                opened[seat.source.profile.id] = try await seat.source.restore()
            }
        } catch {
            for source in open { await source.end() }
            throw error
        }
        return opened
    }

    private func renamings(_ seats: [FederationChange.Seat]) -> [SourceID: SourceID] {
        let pairs = seats.compactMap { seat in seat.former.map { ($0, seat.source.profile.id) } }
        return Dictionary(uniqueKeysWithValues: pairs.filter { $0 != $1 })
    }

    /// Ends all others than those that stay, and forgets those whose place nobody takes.
    private func end(_ old: Roster.Members, but staying: Set<SourceID>, former: Set<SourceID>) async {
        await withDiscardingTaskGroup { group in
            for (id, runner) in old.runners where !staying.contains(id) {
                let isHalted = old.halted.contains(id)
                group.addTask {
                    if !isHalted { await runner.stop() }
                    guard !former.contains(id) else { return }
                    await runner.retire(as: id)
                    state?.forgetSnapshots(of: id)
                }
            }
        }
    }

    /// Renames the files of those that have a new name; gives what went wrong, by that name.
    private func rename(_ names: [SourceID: SourceID]) -> [SourceID: StateFailure] {
        for name in names.keys { counters.forget(name) }
        var failures: [SourceID: StateFailure] = [:]
        for (from, to) in names.steps {
            do throws(StateFailure) { try state?.rename(from, to: to) } catch { failures[names[from] ?? to] = error }
        }
        return failures
    }

    /// Has new sources' runners take in what was kept or said before them; gives those that cannot run.
    private func begin(
        _ seats: [FederationChange.Seat], _ fresh: [SourceRunner], _ opened: [SourceID: RegistryDelta],
        _ old: Roster.Members, _ failures: [SourceID: StateFailure]
    ) async -> [SourceID: StateFailure] {
        var halted = failures
        let former = Dictionary(uniqueKeysWithValues: seats.map { ($0.source.profile.id, $0.former) })
        for runner in fresh {
            let id = runner.source.profile.id
            if let kept = opened[id] { await runner.takeIn(kept) }
            guard halted[id] == nil, let former = former[id].flatMap(\.self), let before = old.runners[former] else {
                continue
            }
            do throws(StateFailure) {
                try await runner.takeOver(before)
            } catch {
                halted[id] = error
                await runner.source.end()
                registry.update(id) { $0.notKept = error.problem }
            }
        }
        return halted
    }
}
