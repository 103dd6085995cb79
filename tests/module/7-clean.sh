# Arrêter tous les containers postgres
docker stop postgres_restored postgres_from_backup
docker rm postgres_restored postgres_from_backup

# Lister tous les volumes
docker volume ls

# Supprimer les volumes spécifiques
docker volume rm postgres_data
docker volume rm postgres_data_restored
docker volume rm postgres_copy

# Ou supprimer tous les volumes non utilisés
docker volume prune -f

# Nettoyer les backups (optionnel)
rm -rf backups/ init.sql
