import FerryEngine

/// `System.Net.NetworkInformation.IPStatus`: what came of an echo request.
enum EchoStatus: String, ScriptEnum {
    case success = "Success"
    case destinationNetworkUnreachable = "DestinationNetworkUnreachable"
    case destinationHostUnreachable = "DestinationHostUnreachable"
    case destinationProhibited = "DestinationProhibited"
    case destinationProtocolUnreachable = "DestinationProtocolUnreachable"
    case destinationPortUnreachable = "DestinationPortUnreachable"
    case packetTooBig = "PacketTooBig"
    case timedOut = "TimedOut"
    case ttlExpired = "TtlExpired"
    case unknown = "Unknown"
    static let enumType = makeEnumType(
        "System.Net.NetworkInformation.IPStatus",
        numbers: [0, 11002, 11003, 11004, 11004, 11005, 11009, 11010, 11013, -1])
}
