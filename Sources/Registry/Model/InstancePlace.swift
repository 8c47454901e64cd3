/// Which instance of which microservice, whatever IDs the sources give to that microservice: all that is told of one
/// place is the history of one instance.
package struct InstancePlace: Hashable, Sendable {
    package let microservice: MicroserviceKey
    package let instance: InstanceID

    package init(microservice: MicroserviceKey, instance: InstanceID) {
        self.microservice = microservice
        self.instance = instance
    }
}
