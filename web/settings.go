package web

import "github.com/labstack/echo/v4"

// settingsRoutes is the part of the table that leads to settings, contacts and people's own pages. g is for members
// of the account; a.requireAdmin makes a route of it administrators' own.
func (a *App) settingsRoutes(e *echo.Echo, g *echo.Group) {}
