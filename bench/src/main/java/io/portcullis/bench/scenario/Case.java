package io.portcullis.bench.scenario;

import io.portcullis.bench.load.Load;
import io.portcullis.bench.subject.Subject;
import java.util.function.Predicate;

/**
 * A load under which subjects are compared.
 *
 * @param title the title, such as {@code sizes: 10 KB}
 * @param refused whether subjects that check tokens must answer 401 instead of 200
 * @param routes the number of routes in the route file
 * @param warmUp the divisor of the usual number of warm-up requests
 * @param includes selects the subjects that the case applies to
 */
record Case(String title, Load load, boolean refused, int routes, int warmUp, Predicate<Subject> includes) {
    static final int SOME_ROUTES = 10;

    static Case of(String title, Load load) {
        return new Case(title, load, false, SOME_ROUTES, 1, subject -> true);
    }

    Case titled(String other) {
        return new Case(other, load, refused, routes, warmUp, includes);
    }

    Case warmedUpLess(int times) {
        return new Case(title, load, refused, routes, times, includes);
    }

    Case withRoutes(int count) {
        return new Case(title, load, refused, count, warmUp, Subject::hasRoutes);
    }

    Case expectingRefusal() {
        return new Case(title, load, true, routes, warmUp, subject -> subject.checks() || subject == Subject.BASELINE);
    }

    Case only(Subject subject) {
        return new Case(title, load, refused, routes, warmUp, subject::equals);
    }

    boolean expectsRefusal(Subject subject) {
        return refused && subject.checks();
    }
}
