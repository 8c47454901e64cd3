import Federation
import Registry

extension Exposition {
    /// How every source does and what it cost; label `source` is the source's name.
    mutating func sources(_ sources: [SourceStatus], _ tallies: [SourceID: SourceCounters.Tally], at now: UnixTime) {
        family("mainstem_source_up", .gauge, "Whether the last read of the source succeeded.")
        for source in sources { sample("mainstem_source_up", source.labels, source.state == .synced ? 1 : 0) }
        family("mainstem_source_state", .gauge, "The state that the source is in: 1 for that state, 0 for the others.")
        for source in sources {
            for state in SourceStatus.State.allCases {
                sample(
                    "mainstem_source_state", source.labels + [("state", state.rawValue)],
                    source.state == state ? 1 : 0)
            }
        }
        family(
            "mainstem_source_restored", .gauge,
            "Whether what is served of the source was kept over a restart, because it has not spoken since.")
        for source in sources { sample("mainstem_source_restored", source.labels, source.isRestored ? 1 : 0) }
        family(
            "mainstem_source_not_kept", .gauge,
            "Whether what the source says cannot be kept for the next restart.")
        for source in sources { sample("mainstem_source_not_kept", source.labels, source.notKept == nil ? 0 : 1) }
        family(
            "mainstem_source_last_success_timestamp_seconds", .gauge,
            "When the source was last read successfully, in seconds since 1970.")
        for source in sources {
            guard let success = source.lastSuccess else { continue }
            sample("mainstem_source_last_success_timestamp_seconds", source.labels, success.seconds)
        }
        family("mainstem_source_data_age_seconds", .gauge, "Seconds since the source's data was last confirmed.")
        for source in sources {
            guard let success = source.lastSuccess else { continue }
            sample("mainstem_source_data_age_seconds", source.labels, max(0, now.seconds - success.seconds))
        }
        held(sources)
        heldBack(sources, tallies)
        reads(sources, tallies)
    }

    private mutating func heldBack(_ sources: [SourceStatus], _ tallies: [SourceID: SourceCounters.Tally]) {
        family("mainstem_source_quarantined_instances", .gauge, "Instances whose withdrawal is held back.")
        for source in sources {
            sample("mainstem_source_quarantined_instances", source.labels, source.quarantine?.instances ?? 0)
        }
        family("mainstem_source_damped_instances", .gauge, "Instances that come and go, until they have been quiet.")
        for source in sources { sample("mainstem_source_damped_instances", source.labels, source.damped) }
        family("mainstem_source_transitions_total", .counter, "Changes of the source's state, by what it came to.")
        for source in sources {
            for name in SourceLifecycle.Transition.names {
                sample(
                    "mainstem_source_transitions_total", source.labels + [("to", name)],
                    tallies[source.source]?.transitions[name] ?? 0)
            }
        }
    }

    /// What sources say that cannot all be so.
    mutating func conflicts(_ conflicts: Conflicts, _ sources: [SourceStatus]) {
        family("mainstem_source_conflicts", .gauge, "Conflicts in which the source has a side, by kind.")
        for source in sources {
            for kind in Conflict.Kind.allCases {
                sample(
                    "mainstem_source_conflicts", source.labels + [("kind", kind.rawValue)],
                    conflicts.bySource[source.source]?[kind] ?? 0)
            }
        }
    }

    private mutating func held(_ sources: [SourceStatus]) {
        family("mainstem_source_microservices", .gauge, "Microservices that the source holds.")
        for source in sources { sample("mainstem_source_microservices", source.labels, source.counts.microservices) }
        family(
            "mainstem_source_visible_microservices", .gauge, "Microservices of which the source's word is served.")
        for source in sources {
            sample("mainstem_source_visible_microservices", source.labels, source.counts.visibleMicroservices)
        }
        family("mainstem_source_instances", .gauge, "Instances that the source holds.")
        for source in sources { sample("mainstem_source_instances", source.labels, source.counts.instances) }
        family("mainstem_source_visible_instances", .gauge, "Instances of which the source's word is served.")
        for source in sources {
            sample("mainstem_source_visible_instances", source.labels, source.counts.visibleInstances)
        }
        family(
            "mainstem_source_orphan_instances", .gauge,
            "Instances that the source holds without their microservice: not served.")
        for source in sources { sample("mainstem_source_orphan_instances", source.labels, source.counts.orphans) }
        family("mainstem_source_filtered", .gauge, "What the source's filters keep out of sight, as of its last read.")
        for source in sources {
            guard let filtered = source.filtered else { continue }
            for (kind, count) in [
                ("microservice", filtered.microservices), ("instance", filtered.instances),
                ("orphan", filtered.orphans),
            ] {
                sample("mainstem_source_filtered", source.labels + [("kind", kind)], count)
            }
        }
    }

    private mutating func reads(_ sources: [SourceStatus], _ tallies: [SourceID: SourceCounters.Tally]) {
        let tallies = sources.map { ($0, tallies[$0.source] ?? SourceCounters.Tally()) }
        family("mainstem_source_reads_total", .counter, "Reads of the source by result.")
        for (source, tally) in tallies {
            for result in ["ok"] + SourceFailure.labels {
                sample("mainstem_source_reads_total", source.labels + [("result", result)], tally.reads[result] ?? 0)
            }
        }
        family("mainstem_source_read_duration_seconds", .histogram, "How long reads of the source took.")
        for (source, tally) in tallies {
            histogram("mainstem_source_read_duration_seconds", source.labels, tally.readDuration)
        }
        family("mainstem_source_read_wire_bytes_total", .counter, "Bytes received from the source, as sent.")
        for (source, tally) in tallies {
            sample("mainstem_source_read_wire_bytes_total", source.labels, tally.wireBytes)
        }
        family("mainstem_source_read_body_bytes_total", .counter, "Bytes received from the source, decompressed.")
        for (source, tally) in tallies {
            sample("mainstem_source_read_body_bytes_total", source.labels, tally.bodyBytes)
        }
        family("mainstem_source_entries_total", .counter, "Entries in the dumps of the source.")
        for (source, tally) in tallies { sample("mainstem_source_entries_total", source.labels, tally.entries) }
        family("mainstem_source_entries_decoded_total", .counter, "Entries that were new or changed.")
        for (source, tally) in tallies {
            sample("mainstem_source_entries_decoded_total", source.labels, tally.decodedEntries)
        }
        family(
            "mainstem_source_missed_changes_total", .counter,
            "Changes of instances that a read found, though the observed source had not told them.")
        for (source, tally) in tallies {
            sample("mainstem_source_missed_changes_total", source.labels, tally.missedChanges)
        }
        family(
            "mainstem_source_absorbed_heartbeats_total", .counter,
            "Heartbeats that were answered while the source was away.")
        for (source, tally) in tallies {
            sample("mainstem_source_absorbed_heartbeats_total", source.labels, tally.absorbedHeartbeats)
        }
        family("mainstem_source_changes_total", .counter, "Visible changes of instances that the source caused.")
        for (source, tally) in tallies {
            for action in VisibleChange.Action.allCases {
                sample(
                    "mainstem_source_changes_total", source.labels + [("action", action.rawValue)],
                    tally.changes[action] ?? 0)
            }
        }
    }
}

extension SourceStatus {
    fileprivate var labels: [(String, String)] { [("source", source.name)] }
}
