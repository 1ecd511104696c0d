package io.portcullis.testbed;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;

/**
 * The rules that the main code of {@code auth-core} and of {@code gateway} keeps, and the conditions of the rules that differ
 * between the modules. The {@code ArchitectureTests} of a module include the rules with {@code ArchTests.in}.
 */
public final class ArchitectureRules {
    private static final Set<String> CLOCKS = Set.of("now", "currentTimeMillis", "systemUTC", "systemDefaultZone");
    private static final Set<String> SUBSCRIBING = Set.of("subscribe", "subscribeWith", "toFuture");
    private static final Set<String> BLOCKING =
            Set.of("block", "blockOptional", "blockFirst", "blockLast", "toIterable", "toStream");

    private ArchitectureRules() {}

    @ArchTest
    public static final ArchRule noSleeping = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    /** The first use of a lazy singleton holds a lock, and may be on an event loop. */
    @ArchTest
    public static final ArchRule noLazySingletons = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.springframework.util.function.SingletonSupplier");

    @ArchTest
    public static final ArchRule noStandardStreams = noClasses()
            .should()
            .accessTargetWhere(describe(
                    "use System.out or System.err",
                    access -> access.getTargetOwner().isEquivalentTo(System.class)
                            && Set.of("out", "err").contains(access.getName())));

    @ArchTest
    public static final ArchRule noNamesThatSayNothing =
            noClasses().should().haveNameMatching(".*(VO|DTO|DO|Convert|Impl|Utils?|Manager|Helper)");

    /**
     * Checks that each package imports, of the packages below the root, only itself and what the table allows.
     *
     * @param root the name of the root package
     * @param table the names of the packages, relative to the root, each with those that it may import
     */
    public static void requireImports(
            JavaClasses classes, String root, Map<String, ? extends Collection<String>> table) {
        table.forEach((name, others) -> {
            String[] allowed = Stream.concat(others.stream(), Stream.of(name))
                    .map(each -> root + "." + each)
                    .toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(root + "." + name)
                    .should()
                    .onlyDependOnClassesThat(resideOutsideOfPackage(root + "..").or(resideInAnyPackage(allowed)))
                    .check(classes);
        });
    }

    /** Checks that each package below the root is in the table, and has a {@code package-info} with {@code @NullMarked}. */
    public static void requireDescriptions(JavaClasses classes, String root, Map<String, ?> table) {
        for (JavaPackage each : classes.getPackage(root).getSubpackagesInTree()) {
            if (!table.containsKey(each.getName().substring(root.length() + 1))) {
                throw new AssertionError("The package " + each.getName() + " is not in the table of imports");
            }
            if (!each.isAnnotatedWith(NullMarked.class)) {
                throw new AssertionError("The package-info of " + each.getName() + " has no @NullMarked");
            }
        }
    }

    /** Returns the condition that code blocks its thread until a publisher has ended. */
    public static DescribedPredicate<JavaAccess<?>> block() {
        return describe("block", access -> BLOCKING.contains(access.getName()) && isOfPublisher(access));
    }

    /**
     * Returns the condition that code subscribes to a publisher, or turns it into a future. Excludes an operator, which subscribes
     * for its own subscriber.
     */
    public static DescribedPredicate<JavaAccess<?>> detachWork() {
        return describe(
                "subscribe or turn into a future",
                access -> SUBSCRIBING.contains(access.getName()) && isOfPublisher(access) && !isOfOperator(access));
    }

    /** Returns the condition that code reads the system's clock. A clock that is passed is the injected one. */
    public static DescribedPredicate<JavaAccess<?>> readSystemClock() {
        return describe("read the system's clock", access -> {
            var owner = access.getTargetOwner();
            boolean time = owner.getPackageName().equals("java.time") || owner.isEquivalentTo(System.class);
            return time
                    && CLOCKS.contains(access.getName())
                    && !access.getTarget().getFullName().contains(Clock.class.getName() + ")");
        });
    }

    private static boolean isOfPublisher(JavaAccess<?> access) {
        return access.getTargetOwner().isAssignableTo(Publisher.class);
    }

    private static boolean isOfOperator(JavaAccess<?> access) {
        String subscribe = "subscribe(" + CoreSubscriber.class.getName() + ")";
        return access.getOriginOwner().isAssignableTo(Publisher.class)
                && access.getOrigin().getFullName().endsWith(subscribe)
                && access.getTarget().getFullName().endsWith(subscribe);
    }
}
