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
        let process = try MainstemProcess(arguments + ["--server", "http://\(address)"])
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
}
