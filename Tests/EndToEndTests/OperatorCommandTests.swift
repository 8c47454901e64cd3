import Discovery
import Foundation
import Glibc
import TestSupport
import Testing

/// The commands with which an operator asks a running Mainstem.
@Suite struct OperatorCommandTests {
    private struct Said {
        let status: Int32
        let output: JSONValue?
        let error: String
    }

    private func say(_ arguments: [String], to address: String) async throws -> Said {
        let process = try MainstemProcess(arguments + ["--json", "--server", "http://\(address)"])
        let status = try await process.ended()
        if status == 0 {
            try await eventually("the answer is printed") {
                JSONValue(parsing: Array(process.standardOutput.utf8)) != nil
            }
        } else {
            try await eventually("the refusal is told") { !process.standardError.isEmpty }
        }
        return Said(
            status: status, output: JSONValue(parsing: Array(process.standardOutput.utf8)),
            error: process.standardError)
    }

    @Test("explain and diff print what the process knows, and a refusal ends with status 2")
    func explain() async throws {
        let process = try MainstemProcess(["serve", "--local", "home", "--listen", "127.0.0.1:0"])
        let address = try await process.address()
        let transfers = HTTPTransfers()
        let cart = try await RegistryClient(address, transfers).register("cart")
        let explained = try await say(["explain", cart], to: address)
        #expect(explained.output?["microservices"]?.elements.first?["serviceId"]?.text == cart)
        let diff = try await say(["diff", "home", "home"], to: address)
        #expect(diff.output?["instances"]?["totals"]?["different"]?.number == 0)
        let unknown = try await say(["explain", "shop/none/1", "i", "--environment", "a b"], to: address)
        #expect(unknown.status == 2)
        #expect(unknown.error.contains("no source has said a microservice 'shop/none/1'"))
        process.signal(SIGTERM)
        #expect(try await process.ended() == 0)
        transfers.shutdown()
    }

    @Test("plan tells what a file would change, and leaves out what the command line has said")
    func plan() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "plan-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        func write(_ text: String, as name: String) throws -> String {
            let file = directory.appending(path: name)
            try Data(text.utf8).write(to: file)
            return file.path()
        }
        let running = try write(
            """
            sources:
              - {name: north, plugin: servicecenter, settings: {endpoints: [http://127.0.0.1:9]}}
              - {name: home, plugin: local}
            """, as: "running.yaml")
        let process = try MainstemProcess([
            "serve", running, "--listen", "127.0.0.1:0", "--home", "home", "--interval", "1h",
        ])
        let address = try await process.address()
        let same = try await say(["plan", running], to: address)
        #expect(
            same.output
                == .object([
                    "added": .array([]), "removed": .array([]), "renamed": .array([]), "changed": .array([]),
                    "reordered": .bool(false), "keys": .array([]), "atNextStart": .array([]),
                ]))
        let other = try write(
            """
            merge: {policy: union}
            sources:
              - {name: home, plugin: local, stale: {then: mark}}
              - {name: up, plugin: servicecenter, settings: {endpoints: [http://127.0.0.1:9]}}
              - {name: west, plugin: servicecenter, settings: {endpoints: [http://127.0.0.1:10]}}
            """, as: "other.yaml")
        let plan = try await say(["plan", other], to: address).output
        #expect(plan?["added"] == .array([.string("west")]) && plan?["removed"] == .array([]))
        #expect(plan?["renamed"]?.elements == [.object(["from": .string("north"), "to": .string("up")])])
        #expect(plan?["changed"]?.elements.map { $0["source"]?.text } == ["home"])
        #expect(plan?["changed"]?.elements.first?["keys"] == .array([.string("stale")]))
        #expect(plan?["reordered"] == .bool(true) && plan?["keys"] == .array([.string("merge.policy")]))

        let wrong = try write("sources:\n  - {name: home, plugin: consul}\n", as: "wrong.yaml")
        let refused = try await say(["plan", wrong], to: address)
        #expect(refused.status == 2 && refused.error.contains("wrong.yaml:2:"))
        let homeless = try write("sources:\n  - {name: lone, plugin: local}\n", as: "homeless.yaml")
        let without = try await say(["plan", homeless], to: address)
        #expect(without.status == 2 && without.error.contains("'home' is not a source"))
        process.signal(SIGTERM)
        #expect(try await process.ended() == 0)
    }

    @Test("serve refuses an option that would have no effect", arguments: [("--state", ""), ("--interval", "1h")])
    func withoutEffect(option: String, value: String) async throws {
        let process = try MainstemProcess(["serve", "--local", "home", "--listen", "127.0.0.1:0", option, value])
        #expect(try await process.ended() == 2)
        try await eventually("the refusal is told") { process.standardError.contains("\(option): ") }
    }

    @Test("plan's route refuses a text that is no topology with file, line and remedy")
    func planRoute() async throws {
        let process = try MainstemProcess(["serve", "--local", "home", "--listen", "127.0.0.1:0"])
        let address = try await process.address()
        let transfers = HTTPTransfers()
        let response = try await transfers.start(
            TransferRequest(
                .post, url: "http://\(address)/mainstem/v1/plan?file=new.yaml", headers: [],
                body: Array("home: nort\nsources:\n  - {name: north, plugin: local}\n".utf8), timeout: .seconds(60)))
        let answer = JSONValue(parsing: try await response.collect())
        #expect(response.status == 400 && answer?["errorCode"]?.text == "400001")
        #expect(answer?["detail"]?.text?.contains("new.yaml:1: 'home' names 'nort'") == true)
        #expect(answer?["detail"]?.text?.contains("did you mean 'north'?") == true)
        process.signal(SIGTERM)
        #expect(try await process.ended() == 0)
        transfers.shutdown()
    }
}
