package import Federation
import NIOCore

/// Where clients and operators come in, and from when on. All of it can change while the server runs: a new address is
/// open before the former one is closed, and connections stay.
package actor Doors {
    /// The addresses of a server.
    package struct Addresses: Sendable, Equatable {
        /// Where clients come in.
        package var clients: HTTPServer.Address
        /// Where operators come in, from the start on; nil where they have no address of their own.
        package var operators: HTTPServer.Address?

        package init(clients: HTTPServer.Address, operators: HTTPServer.Address? = nil) {
            self.clients = clients
            self.operators = operators
        }
    }

    /// Other addresses, which are open beside the former ones until they take their places or are given up.
    package struct Opened: Sendable {
        fileprivate let addresses: Addresses
        fileprivate var clients: (any Channel)?
        fileprivate var operators: (any Channel)?
    }

    /// Begins to listen there.
    typealias Listen = @Sendable (HTTPServer.Address) async throws -> any Channel

    /// When clients are let in.
    package private(set) var start: StartPolicy
    private var addresses: Addresses
    private let onAdmin: @Sendable (HTTPServer.Address) -> Void
    private let onListening: @Sendable (HTTPServer.Address) -> Void
    /// Nil before the server runs.
    private var listen: Listen?
    /// Nil before clients are let in, and from when on they are not any more.
    private var clients: (any Channel)?
    private var operators: (any Channel)?

    /// `onListening` is told the real address whenever clients are let in at one, `onAdmin` that of operators.
    package init(
        _ addresses: Addresses, start: StartPolicy = StartPolicy(),
        onAdmin: @escaping @Sendable (HTTPServer.Address) -> Void = { _ in },
        onListening: @escaping @Sendable (HTTPServer.Address) -> Void
    ) {
        self.addresses = addresses
        self.start = start
        self.onAdmin = onAdmin
        self.onListening = onListening
    }

    /// Lets operators in, where they have an address of their own; from now on addresses are listened at in this way.
    func letOperatorsIn(_ listen: @escaping Listen) async throws(HTTPServer.CannotListen) {
        self.listen = listen
        guard let address = addresses.operators else { return }
        let channel = try await open(address, "admin")
        operators = channel
        onAdmin(address.real(channel))
    }

    /// Lets clients in. `before` is called in the moment before anybody hears of it.
    func letClientsIn(_ before: @Sendable () -> Void) async throws(HTTPServer.CannotListen) {
        let address = addresses.clients
        let channel = try await open(address, "listen")
        clients = channel
        before()
        onListening(address.real(channel))
    }

    /// Lets no client in any more; connections stay.
    func closeToClients() async {
        let channel = clients
        clients = nil
        try? await channel?.close().get()
    }

    /// The same for operators.
    func closeToOperators() async { try? await operators?.close().get() }

    /// Listens at those of these addresses that are others. Throws when that cannot be, or when it is not the time for
    /// it; then everything is as it was.
    package func open(_ wanted: Addresses) async throws(HTTPServer.CannotListen) -> Opened {
        var opened = Opened(addresses: wanted)
        guard wanted != addresses else { return opened }
        guard clients != nil else {
            throw HTTPServer.CannotListen(
                description: "clients are not let in now, and until then addresses stay\n  reload again when they are")
        }
        if wanted.clients != addresses.clients { opened.clients = try await open(wanted.clients, "listen") }
        guard wanted.operators != addresses.operators, let address = wanted.operators else { return opened }
        do throws(HTTPServer.CannotListen) {
            opened.operators = try await open(address, "admin")
        } catch {
            await giveUp(opened)
            throw error
        }
        return opened
    }

    /// Closes what was opened.
    package func giveUp(_ opened: Opened) async {
        for channel in [opened.clients, opened.operators] { try? await channel?.close().get() }
    }

    /// Puts what was opened in the place of the former addresses, which are closed; clients who are still waited for
    /// are let in by this policy.
    package func enter(_ opened: Opened, start: StartPolicy) async {
        self.start = start
        guard opened.addresses != addresses else { return }
        guard clients != nil else { return await giveUp(opened) }
        var former: [(any Channel)?] = []
        if let channel = opened.clients {
            former.append(clients)
            clients = channel
            onListening(opened.addresses.clients.real(channel))
        }
        if opened.addresses.operators != addresses.operators {
            former.append(operators)
            operators = opened.operators
            if let channel = operators, let address = opened.addresses.operators { onAdmin(address.real(channel)) }
        }
        addresses = opened.addresses
        for channel in former { try? await channel?.close().get() }
    }

    private func open(_ address: HTTPServer.Address, _ key: String) async throws(HTTPServer.CannotListen) -> any Channel
    {
        guard let listen else { throw HTTPServer.CannotListen(description: "the server does not run yet") }
        do {
            return try await listen(address)
        } catch {
            throw HTTPServer.CannotListen(address, key: key, error)
        }
    }
}

extension HTTPServer.Address {
    /// With the port that the system has chosen, where any was asked for.
    fileprivate func real(_ channel: any Channel) -> HTTPServer.Address {
        HTTPServer.Address(host: host, port: channel.localAddress?.port ?? port)
    }
}
