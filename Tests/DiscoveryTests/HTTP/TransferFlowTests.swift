import Discovery
import TestSupport
import Testing

@Suite struct TransferFlowTests {
    @Test func cancellingTheWaitForTheHeadEndsTheTransfer() async throws {
        try await withServer { _ in
            .hang
        } _: { server, transfers in
            let url = server.url
            let asking = Task { await failure(of: TransferRequest(url: url), transfers) }
            #expect(await ScriptedServer.eventually { server.requests.count == 1 })
            asking.cancel()
            #expect(await asking.value == .cancelled)
            #expect(await ScriptedServer.eventually { server.openConnections == 0 })
        }
    }

    @Test func cancellingTheWaitForAChunkEndsTheTransfer() async throws {
        try await withServer { _ in
            .headThenHang(partOfBody: [1])
        } _: { server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(try await response.nextChunk() == [1])
            let reading = Task { await #expect(throws: TransferFailure.cancelled) { try await response.nextChunk() } }
            reading.cancel()
            _ = await reading.value
            #expect(await ScriptedServer.eventually { server.openConnections == 0 })
            await #expect(throws: TransferFailure.cancelled) { try await response.nextChunk() }
        }
    }

    @Test func aTaskThatIsCancelledAlreadySendsNothing() async throws {
        try await withServer { _ in
            .respond()
        } _: { server, transfers in
            let url = server.url
            let asking = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure(of: TransferRequest(url: url), transfers)
            }
            #expect(await asking.value == .cancelled)
            _ = try await transfers.start(TransferRequest(url: url + "/after")).collect()
            #expect(server.requests.map(\.path) == ["/after"])
        }
    }

    @Test func anAnswerThatIsDroppedUnreadEndsItsTransfer() async throws {
        let piece = patternedBody(65_536)
        try await withServer { _ in
            .endless(piece: piece)
        } _: { server, transfers in
            let status = try await transfers.start(TransferRequest(url: server.url)).status
            #expect(status == 200)
            #expect(await ScriptedServer.eventually { server.openConnections == 0 })
        }
    }

    @Test func aSlowReaderPausesTheTransferAndGetsEveryByte() async throws {
        let pieces = (0..<1024).map { [UInt8](repeating: UInt8($0 % 251), count: 65_536) }
        let size = pieces.count * 65_536
        try await withServer { _ in
            .chunked(pieces: pieces)
        } _: { server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(await ScriptedServer.eventually { response.isPaused })
            // The room here, and what two sockets hold.
            #expect(server.sentBytes < size / 2)
            var taken = 0
            while let chunk = try await response.nextChunk() {
                taken += chunk.count
                #expect(chunk.count <= 256 << 10)
                #expect(response.bodyBytes - taken <= (4 << 20) + (256 << 10))
                let last = taken - 1
                #expect(chunk.last == UInt8(last / 65_536 % 251))
                #expect(chunk.first == UInt8((taken - chunk.count) / 65_536 % 251))
            }
            #expect(taken == size)
            #expect(!response.isPaused)
        }
    }

    @Test func aPausedTransferDoesNotHoldUpTheOthers() async throws {
        let piece = patternedBody(65_536)
        let script: ScriptedServer.Script = { $0.path == "/slow" ? .endless(piece: piece) : .respond(body: piece) }
        try await withServer(script) { server, transfers in
            let slow = try await transfers.start(TransferRequest(url: server.url + "/slow"))
            #expect(await ScriptedServer.eventually { slow.isPaused })
            for _ in 1...20 {
                let body = try await transfers.start(TransferRequest(url: server.url + "/quick")).collect()
                #expect(body == piece)
            }
            #expect(slow.isPaused)
        }
    }

    @Test func thirtyTwoTransfersRunAtOnce() async throws {
        let bodies = (0..<32).map { patternedBody(100_000 + $0 * 1000) }
        let script: ScriptedServer.Script = { request in
            .respond(body: bodies[Int(request.path.dropFirst()) ?? 0])
        }
        try await withServer(script) { server, transfers in
            let url = server.url
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for (number, body) in bodies.enumerated() {
                    group.addTask {
                        try await transfers.start(TransferRequest(url: "\(url)/\(number)")).collect() == body
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(server.requests.count == 32)
        }
    }

    @Test func oneConnectionCarriesTransfersInSuccession() async throws {
        try await withServer { _ in
            .respond(body: [1])
        } _: { server, transfers in
            for number in 1...5 {
                let response = try await transfers.start(TransferRequest(url: server.url))
                #expect(response.reusedConnection == (number > 1))
                _ = try await response.collect()
            }
            #expect(server.requests.map(\.connection) == [1, 1, 1, 1, 1])
            #expect(server.connections == 1)
        }
    }

    @Test func aConnectionThatTheUpstreamClosedInBetweenIsReplaced() async throws {
        try await withServer { _ in
            .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx".utf8))
        } _: {
            server, transfers in
            for _ in 1...3 {
                let body = try await transfers.start(TransferRequest(url: server.url)).collect()
                #expect(body == [0x78])
            }
            #expect(server.connections == 3)
        }
    }

    @Test func shutdownFailsEveryOpenTransfer() async throws {
        let script: ScriptedServer.Script = { $0.path == "/hang" ? .hang : .headThenHang() }
        try await withServer(script) { server, transfers in
            let url = server.url
            await withTaskGroup(of: TransferFailure?.self) { group in
                for path in ["/hang", "/hang", "/hang", "/half", "/half"] {
                    group.addTask {
                        await failure(of: TransferRequest(url: url + path, maxBodyBytes: 1 << 20), transfers)
                    }
                }
                #expect(await ScriptedServer.eventually { server.requests.count == 5 })
                transfers.shutdown()
                transfers.shutdown()
                for await failure in group { #expect(failure == .stopped) }
            }
            #expect(await failure(of: TransferRequest(url: url), transfers) == .stopped)
            #expect(await ScriptedServer.eventually { server.openConnections == 0 })
        }
    }

    @Test func droppingTheLastReferenceShutsDown() async throws {
        try await withServer { _ in
            .headThenHang()
        } _: { server, _ in
            let response = try await HTTPTransfers().start(TransferRequest(url: server.url))
            await #expect(throws: TransferFailure.stopped) { try await response.nextChunk() }
            #expect(await ScriptedServer.eventually { server.openConnections == 0 })
        }
    }

    @Test func aBodyThatIsWholeSurvivesShutdown() async throws {
        try await withServer { _ in
            .respond(body: [1, 2, 3])
        } _: { server, transfers in
            let response = try await transfers.start(TransferRequest(url: server.url))
            #expect(await ScriptedServer.eventually { response.wireBytes == 3 })
            _ = try await transfers.start(TransferRequest(url: server.url)).collect()
            transfers.shutdown()
            #expect(try await response.collect() == [1, 2, 3])
        }
    }

    @Test func manyTransfersEndedAtAnyMomentLeaveNothingBehind() async throws {
        let piece = patternedBody(20_000)
        let script: ScriptedServer.Script = { request in
            switch request.path.utf8.count % 4 {
            case 0: .endless(piece: piece)
            case 1: .hang
            case 2: .respond(body: piece)
            default: .resetAfter(partOfBody: piece)
            }
        }
        try await withServer(script) { server, transfers in
            let url = server.url
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let path = String(repeating: "/", count: 1 + number % 4)
                        let asking = Task {
                            await failure(of: TransferRequest(url: url + path, maxBodyBytes: 1 << 20), transfers)
                        }
                        for _ in 0..<number { await Task.yield() }
                        asking.cancel()
                        _ = await asking.value
                    }
                }
            }
            server.script = { _ in .respond(body: [7]) }
            let body = try await transfers.start(TransferRequest(url: url)).collect()
            #expect(body == [7])
            transfers.shutdown()
            #expect(await ScriptedServer.eventually { server.openConnections == 0 })
        }
    }
}
