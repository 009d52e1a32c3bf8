from django.http import HttpRequest, HttpResponse

from linli.plumbing.guards import public, signed_in


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


@signed_in
def standings(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")
