package io.portcullis.bench.scenario;

import io.portcullis.bench.load.Load;
import io.portcullis.bench.subject.Subject;
import java.util.function.Predicate;

/**
 * One load that subjects are compared under.
 *
 * @param title such as {@code sizes: 10 KB}
 * @param refused whether subjects that check must answer 401, in place of 200
 * @param routes in the route file
 * @param warmUp so many times fewer requests than usual are enough before it is measured
 * @param takes subjects that it says something about
 */
record Case(String title, Load load, boolean refused, int routes, int warmUp, Predicate<Subject> takes) {
    static final int SOME_ROUTES = 10;

    static Case of(String title, Load load) {
        return new Case(title, load, false, SOME_ROUTES, 1, subject -> true);
    }

    Case warmedUpLess(int times) {
        return new Case(title, load, refused, routes, times, takes);
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
