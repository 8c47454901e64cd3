/// Which policy is for which words.
package struct MergePolicies: Sendable, Equatable {
    /// Sources among whose words another policy decides.
    package struct List: Sendable, Equatable {
        package let sources: Set<SourceID>
        package let policy: MergePolicy

        package init(of sources: Set<SourceID>, _ policy: MergePolicy) {
            self.sources = sources
            self.policy = policy
        }
    }

    /// What decides on the instances of one microservice: first the lists, each among the words of its sources; then
    /// `policy`, among the best of each list and the words of all other sources.
    package struct Choice: Sendable, Equatable {
        package let policy: MergePolicy
        package let lists: [List]

        package init(_ policy: MergePolicy, lists: [List] = []) {
            self.policy = policy
            self.lists = lists
        }

        /// The list that a source is in, by its place in `lists`; nil for one that is in none.
        func list(of source: SourceID) -> Int? {
            lists.isEmpty ? nil : lists.firstIndex { $0.sources.contains(source) }
        }
    }

    /// For every application that has none of its own.
    package var standard: MergePolicy
    /// An application with a policy of its own does not ask the lists.
    package var applications: [String: MergePolicy]
    /// A source is in one of them at most.
    package var lists: [List]

    package init(
        _ standard: MergePolicy = .precedence, applications: [String: MergePolicy] = [:], lists: [List] = []
    ) {
        self.standard = standard
        self.applications = applications
        self.lists = lists
    }

    /// What is for one microservice.
    package func choice(for key: MicroserviceKey) -> Choice {
        let own = applications.isEmpty ? nil : applications[key.name.application]
        return own.map { Choice($0) } ?? Choice(standard, lists: lists)
    }
}
