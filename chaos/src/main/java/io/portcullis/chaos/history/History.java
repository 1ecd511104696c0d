package io.portcullis.chaos.history;

import java.util.List;

/**
 * Everything that happened in a round, in no particular order.
 *
 * @param operations the operations of all clients, each of them complete
 * @param streams the streams that clients opened, each of them ended
 * @param disturbances what the faults may have done to streams
 */
public record History(List<Operation> operations, List<ObservedStream> streams, List<Disturbance> disturbances) {
    public History {
        operations = List.copyOf(operations);
        streams = List.copyOf(streams);
        disturbances = List.copyOf(disturbances);
    }
}
