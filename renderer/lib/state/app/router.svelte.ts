import { hrefOf, routeOf, type Route } from '#renderer/routes.ts';

/** The page that the address names. */
export class Router {
  route: Route = $state.raw({ page: 'clusters' });
  /** The person has gone from one page to another in this window. */
  moved = false;

  /** Answers how to stop. */
  follow(): () => void {
    const read = (): void => {
      const route = routeOf(window.location.hash);
      this.moved ||= route.page !== this.route.page;
      this.route = route;
    };
    this.route = routeOf(window.location.hash);
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }

  go(route: Parameters<typeof hrefOf>[0]): void {
    window.location.hash = hrefOf(route);
  }
}
