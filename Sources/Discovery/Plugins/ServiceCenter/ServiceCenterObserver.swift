import Registry
import ServiceCenterWire

/// Opens the watches of one upstream, one after the other, reads those that stand, and opens anew those that end. What
/// comes goes to the source.
struct ServiceCenterObserver: Sendable {
    /// What makes it look at its plan.
    enum Signal: Sendable {
        /// These parts are to be watched, of an upstream that says whether it is a Mainstem.
        case parts(Set<ObservedPart>, isMainstem: Bool)
        case ended(ObservedPart, WatchPlan.End)
        /// A watch may be due.
        case due
    }

    let client: ServiceCenterClient
    /// The most watches that it may have.
    let limit: Int
    let clock: any Timekeeper

    /// Observes until the task is cancelled. The loop alone knows the plan; `signal` is where its signals come from.
    func run(
        _ signals: AsyncStream<Signal>, _ signal: AsyncStream<Signal>.Continuation, for source: ServiceCenterSource
    ) async {
        var plan = WatchPlan(limit: limit)
        var connections: [ObservedPart: WebSocketConnection] = [:]
        await withDiscardingTaskGroup { group in
            func retry(_ part: ObservedPart, after end: WatchPlan.End) {
                let pause = plan.ended(part, end, at: clock.uptime(), jitter: .random(in: 0..<1))
                group.addTask {
                    try? await clock.sleep(for: pause ?? .zero)
                    signal.yield(.due)
                }
            }
            for await next in signals {
                switch next {
                case .parts(let parts, let isMainstem):
                    let closing = plan.want(parts, isMainstem: isMainstem, at: clock.uptime())
                    for part in closing { connections[part]?.close() }
                case .ended(let part, let end):
                    connections[part] = nil
                    retry(part, after: end)
                case .due: break
                }
                if let part = plan.next(at: clock.uptime()) {
                    do throws(WatchPlan.End) {
                        let endpoint = client.upstream.order[0] + plan.failures(of: part)
                        let cursor = part == .everything ? await source.cursor : ""
                        let connection = try await open(
                            part, after: cursor, at: endpoint % client.upstream.endpoints.count)
                        plan.stood(part, at: clock.uptime())
                        connections[part] = connection
                        await source.watchStands(part, isResumed: !cursor.isEmpty)
                        group.addTask {
                            let end = await read(connection, part, for: source)
                            await source.watchEnded(part)
                            signal.yield(.ended(part, end))
                        }
                    } catch {
                        retry(part, after: error)
                    }
                    signal.yield(.due)
                    // Told once when all have been tried, rather than for each one.
                    if plan.next(at: clock.uptime()) != nil { continue }
                }
                await source.take(plan.observation)
            }
        }
    }

    /// Hands on what a watch tells until it ends, and says why it did.
    private func read(
        _ connection: WebSocketConnection, _ part: ObservedPart, for source: ServiceCenterSource
    ) async -> WatchPlan.End {
        do {
            try await connection.read { text in
                // What is wrong with the watch is told in plain text.
                guard text.isEmpty || text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[") else {
                    let words = String(decoding: text.prefix(200), as: UTF8.self)
                    throw WatchPlan.End.broken("it says: \(client.redacted(words))")
                }
                let (event, cursor) = (try? UpstreamEvent.read(text, in: part.tenant ?? .default)) ?? (.unclear, "")
                await source.hear(event, upTo: cursor)
            }
            return .broken("the watch has ended")
        } catch let end as WatchPlan.End {
            return end
        } catch {
            return .broken("\(error)")
        }
    }
}
